-- Which charges of a rail are posted, and no line of such a statement has told?
--
-- In:    rail_id, is_advice, zone; first_day (none heard of before it).
-- Out:   movement, its own id, amount, currency, its local day, and the own id of the collection that
--        it is for ('' if it is not known), in the order in which they happened.
-- Locks: none.
SELECT m.id, m.external_id, m.amount_minor, m.currency,
    (m.occurred_at AT TIME ZONE %(zone)s::text)::date, coalesce(original.external_id, '')
FROM payments_movement m
LEFT JOIN payments_movement original ON original.id = m.original_id
WHERE m.leg = 'charge' AND m.rail_id = %(rail_id)s
  AND m.first_heard_at >= %(first_day)s::date::timestamp AT TIME ZONE %(zone)s::text
  AND NOT EXISTS (
      SELECT FROM payments_statement_line line
      WHERE line.movement_id = m.id AND line.is_advice = %(is_advice)s
  )
ORDER BY m.occurred_at, m.id
