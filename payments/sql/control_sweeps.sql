-- Out: by rail, sweeps heard of since a moment while no account was named for them: the first, how
--      many and how much.
-- In:  since. Locks: none. Read by movement_heard, which is narrow.
SELECT r.code, m.currency, min(m.id), count(*), sum(m.amount_minor)::bigint
FROM payments_movement m
JOIN payments_rail r ON r.id = m.rail_id
WHERE m.leg = 'sweep' AND m.first_heard_at > %(since)s::timestamptz
  AND NOT EXISTS (
      SELECT FROM payments_sweep_account s
      WHERE s.rail_id = m.rail_id AND s.approved AND s.from_at <= m.first_heard_at
        AND (s.until_at IS NULL OR s.until_at > m.first_heard_at)
  )
GROUP BY r.code, m.currency
ORDER BY r.code, m.currency
