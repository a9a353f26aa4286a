-- Which collections that only statements have told say what these messages say?
--
-- In:    one array per column, one element per message: position, rail_id, external_id (its own, by
--        which no collection may be known), reference (12 digits), amount_minor, currency,
--        occurred_at; days (so many between them at the most), zone (the country's).
-- Out:   position and the collection's own id, in the order in which the collections happened.
-- Locks: none; the bills are held before, so that nobody posts on them meanwhile.
--
-- Where no statement of a rail is posted for these days, one look at its statements is all.
WITH RECURSIVE told AS MATERIALIZED (
    SELECT t.*, (t.occurred_at AT TIME ZONE %(zone)s::text)::date AS day
    FROM unnest(
        %(position)s::int[], %(rail_id)s::bigint[], %(external_id)s::text[],
        %(reference)s::text[], %(amount_minor)s::bigint[], %(currency)s::text[],
        %(occurred_at)s::timestamptz[]
    ) t (position, rail_id, external_id, reference, amount_minor, currency, occurred_at)
),
span AS MATERIALIZED (
    SELECT told.rail_id, min(told.day) AS first_day, max(told.day) AS last_day
    FROM told GROUP BY told.rail_id
),
stated AS MATERIALIZED (
    SELECT span.rail_id FROM span
    WHERE EXISTS (
        SELECT FROM payments_statement s
        WHERE s.rail_id = span.rail_id AND s.state = 'POSTED'
          AND s.to_day >= span.first_day - %(days)s::int
          AND coalesce(s.from_day, s.to_day) <= span.last_day + %(days)s::int
    )
),
-- A replaced bill hands its money to its successor.
meant AS (
    SELECT told.position, bill.id AS bill_id, bill.successor_id, bill.paid_minor
    FROM told
    JOIN stated USING (rail_id)
    JOIN payments_bill bill ON bill.reference = told.reference
    UNION
    SELECT meant.position, bill.id, bill.successor_id, bill.paid_minor
    FROM meant JOIN payments_bill bill ON bill.id = meant.successor_id
),
candidate AS (
    SELECT meant.position, a.movement_id
    FROM meant
    JOIN payments_bill_line line ON line.bill_id = meant.bill_id
    JOIN payments_allocation a ON a.line_id = line.id
    UNION
    SELECT meant.position, s.movement_id
    FROM meant
    JOIN payments_suspense_item s ON s.bill_id = meant.bill_id
)
SELECT told.position, m.external_id
FROM candidate
JOIN told USING (position)
JOIN payments_movement m ON m.id = candidate.movement_id
WHERE m.rail_id = told.rail_id AND m.leg = 'credit'
  AND (m.amount_minor, m.currency) = (told.amount_minor, told.currency)
  AND regexp_replace(m.reference, '[^0-9]', '', 'g') = told.reference
  AND abs((m.occurred_at AT TIME ZONE %(zone)s::text)::date - told.day) <= %(days)s::int
  AND EXISTS (
      SELECT FROM payments_evidence e WHERE e.movement_id = m.id AND e.source = 'statement'
  )
  AND NOT EXISTS (
      SELECT FROM payments_evidence e WHERE e.movement_id = m.id AND e.source <> 'statement'
  )
  AND NOT EXISTS (
      SELECT FROM payments_movement own
      WHERE own.rail_id = told.rail_id AND own.external_id = told.external_id
        AND own.leg = 'credit'
  )
ORDER BY told.position, m.occurred_at, m.id
