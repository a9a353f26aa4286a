-- By how much is late what the rails told of last?
--
-- In:    since; zone, of the country.
-- Out:   rail, how many collections its messages told of since then, and their median delay in
--        seconds.
-- Locks: none.
SELECT m.rail_id, count(*),
    greatest(0, percentile_disc(0.5) WITHIN GROUP (
        ORDER BY extract(epoch FROM m.first_heard_at - m.occurred_at)
    ))::int
FROM payments_movement m
WHERE m.first_heard_at >= %(since)s::timestamptz AND m.leg = 'credit'
  -- Midnight to the second is a day, told without its time.
  AND (m.occurred_at AT TIME ZONE %(zone)s::text)::time <> '00:00'
  AND EXISTS (SELECT FROM payments_evidence e WHERE e.movement_id = m.id AND e.source = 'message')
GROUP BY m.rail_id
