-- Which debits about these collections, of the same amount, are posted, and no line has told?
--
-- In:    rail_id, is_advice, zone; position[], original_id[] (the collection's own id),
--        amount_minor[], currency[].
-- Out:   position, movement, its own id and its local day, in the order in which they happened.
-- Locks: none.
WITH told AS MATERIALIZED (
    SELECT t.*
    FROM unnest(
        %(position)s::int[], %(original_id)s::text[], %(amount_minor)s::bigint[],
        %(currency)s::text[]
    ) t (position, original_id, amount_minor, currency)
)
SELECT told.position, m.id, m.external_id, (m.occurred_at AT TIME ZONE %(zone)s::text)::date
FROM told
JOIN payments_movement original
    ON original.rail_id = %(rail_id)s AND original.external_id = told.original_id
    AND original.leg = 'credit'
CROSS JOIN LATERAL (
    SELECT r.* FROM payments_movement r
    WHERE r.original_id = original.id AND r.leg = 'reversal'
    UNION ALL
    -- What two people said was its reversal.
    SELECT w.* FROM payments_explanation e
    JOIN payments_movement w ON w.id = e.movement_id
    WHERE e.original_id = original.id AND e.approved
    UNION ALL
    SELECT p.* FROM payments_refund refund
    JOIN payments_movement p ON p.refund_id = refund.id
    WHERE refund.movement_id = original.id AND p.rail_id = %(rail_id)s
) m
WHERE (m.amount_minor, m.currency) = (told.amount_minor, told.currency)
  AND NOT EXISTS (
      SELECT FROM payments_statement_line line
      WHERE line.movement_id = m.id AND line.is_advice = %(is_advice)s
  )
ORDER BY told.position, m.occurred_at, m.id
