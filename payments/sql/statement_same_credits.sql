-- Which collections of a rail say what these lines say, and no line of such a statement has told?
--
-- In:    rail_id, is_advice, zone; position[], reference[] (12 digits), amount_minor[], currency[],
--        booked_day[]; days (so many between a line and its movement at the most).
-- Out:   position, movement, its own id and its local day, in the order in which they happened.
-- Locks: none; the bills are held before, so that nobody posts on them meanwhile.
WITH RECURSIVE told AS MATERIALIZED (
    SELECT t.*
    FROM unnest(
        %(position)s::int[], %(reference)s::text[], %(amount_minor)s::bigint[],
        %(currency)s::text[], %(booked_day)s::date[]
    ) t (position, reference, amount_minor, currency, booked_day)
),
-- A replaced bill hands its money to its successor.
meant AS (
    SELECT told.position, bill.id AS bill_id, bill.successor_id, bill.paid_minor
    FROM told JOIN payments_bill bill ON bill.reference = told.reference
    UNION
    SELECT meant.position, bill.id, bill.successor_id, bill.paid_minor
    FROM meant JOIN payments_bill bill ON bill.id = meant.successor_id
),
candidate AS (
    SELECT meant.position, a.movement_id
    FROM meant
    JOIN payments_bill_line line ON line.bill_id = meant.bill_id
    JOIN payments_allocation a ON a.line_id = line.id
    WHERE meant.paid_minor > 0
    UNION
    SELECT meant.position, s.movement_id
    FROM meant
    JOIN payments_suspense_item s ON s.bill_id = meant.bill_id
    UNION
    SELECT told.position, s.movement_id
    FROM told
    JOIN payments_suspense_item s ON s.bill_id IS NULL
        AND s.opened_at >= (SELECT min(booked_day) FROM told) - %(days)s::int - 1
    JOIN payments_movement m ON m.id = s.movement_id
        AND regexp_replace(m.reference, '[^0-9]', '', 'g') = told.reference
    WHERE NOT EXISTS (SELECT FROM meant WHERE meant.position = told.position)
)
SELECT told.position, m.id, m.external_id, (m.occurred_at AT TIME ZONE %(zone)s::text)::date
FROM candidate
JOIN told USING (position)
JOIN payments_movement m ON m.id = candidate.movement_id
WHERE m.rail_id = %(rail_id)s AND m.leg = 'credit'
  AND (m.amount_minor, m.currency) = (told.amount_minor, told.currency)
  AND abs((m.occurred_at AT TIME ZONE %(zone)s::text)::date - told.booked_day) <= %(days)s::int
  AND NOT EXISTS (
      SELECT FROM payments_statement_line line
      WHERE line.movement_id = m.id AND line.is_advice = %(is_advice)s
  )
ORDER BY told.position, m.occurred_at, m.id
