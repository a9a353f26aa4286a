-- Out: by rail, sweeps heard of since a moment that were not expected: the first, how many and how
--      much.
-- In:  since. Locks: none. Read by movement_heard, which is narrow.
--
-- Expected where an account was named for them; and from a rail that was retired before, where two
-- people ordered just that. An order stands for one sweep, and is used up by a debit that two people
-- have explained as one.
SELECT r.code, m.currency, min(m.id), count(*), sum(m.amount_minor)::bigint
FROM payments_movement m
JOIN payments_rail r ON r.id = m.rail_id
WHERE m.leg = 'sweep' AND m.first_heard_at > %(since)s::timestamptz
  AND (
      NOT EXISTS (
          SELECT FROM payments_sweep_account s
          WHERE s.rail_id = m.rail_id AND s.approved AND s.from_at <= m.first_heard_at
            AND (s.until_at IS NULL OR s.until_at > m.first_heard_at)
      )
      OR NOT r.active AND m.id > r.retired_after_movement AND (
          SELECT count(*) FROM payments_move_in_force v
          WHERE v.decided_at <= m.first_heard_at
            AND (v.rail_id, v.currency, v.amount_minor) = (m.rail_id, m.currency, m.amount_minor)
      ) < (
          SELECT count(*) FROM payments_swept other
          WHERE other.id <= m.id
            AND (other.rail_id, other.currency, other.amount_minor)
                = (m.rail_id, m.currency, m.amount_minor)
            AND other.first_heard_at >= coalesce((
                SELECT min(v.decided_at) FROM payments_move_in_force v
                WHERE (v.rail_id, v.currency, v.amount_minor)
                    = (m.rail_id, m.currency, m.amount_minor)
            ), m.first_heard_at)
      )
  )
GROUP BY r.code, m.currency
ORDER BY r.code, m.currency
