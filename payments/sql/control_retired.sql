-- Out: by retired rail, money that came in since a moment and since it was retired: the first, how
--      many and how much.
-- In:  since. Locks: none. Read by movement_heard, which is narrow.
SELECT r.code, m.currency, min(m.id), count(*), sum(m.amount_minor)::bigint
FROM payments_movement m
JOIN payments_rail r ON r.id = m.rail_id
WHERE NOT r.active AND m.id > r.retired_after_movement AND m.leg IN ('credit', 'transfer')
  AND m.first_heard_at > %(since)s::timestamptz
GROUP BY r.code, m.currency
ORDER BY r.code, m.currency
