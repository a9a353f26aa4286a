-- Which sweeps of other rails are still under way?
--
-- In:    rail_id (where they may arrive), currency; zone; first_day, last_day: of their leaving.
-- Out:   own id, amount and local day, in the order in which they left.
-- Locks: none. A sweep arrives once, under its own id.
SELECT m.external_id, m.amount_minor, (m.occurred_at AT TIME ZONE %(zone)s::text)::date
FROM payments_movement m
WHERE m.leg = 'sweep' AND m.currency = %(currency)s::text AND m.rail_id <> %(rail_id)s
  AND m.occurred_at >= %(first_day)s::date - 1 AND m.occurred_at < %(last_day)s::date + 2
  AND NOT EXISTS (
      SELECT FROM payments_movement t
      WHERE t.rail_id = %(rail_id)s AND t.leg = 'transfer' AND t.external_id = m.external_id
  )
ORDER BY m.occurred_at, m.id
