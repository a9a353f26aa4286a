-- Which batches that a rail pays do debits name, by the end-to-end id that we gave them?
--
-- In:    rail_id, is_advice; position[], word[], amount_minor[], currency[].
-- Out:   position, the batch's key; what is of its amount first. Without those that a line of that
--        kind has told.
-- Locks: none; the engine holds the batch before it believes it.
SELECT told.position, batch.key
FROM unnest(
    %(position)s::int[], %(word)s::text[], %(amount_minor)s::bigint[], %(currency)s::text[]
) told (position, word, amount_minor, currency)
JOIN payments_remittance batch
    ON batch.end_to_end_id = told.word AND batch.rail_id = %(rail_id)s
WHERE NOT EXISTS (
    SELECT FROM payments_movement paid
    JOIN payments_statement_line line
        ON line.movement_id = paid.id AND line.is_advice = %(is_advice)s
    WHERE paid.remittance_id = batch.id
)
ORDER BY (batch.amount_minor, batch.currency) = (told.amount_minor, told.currency) DESC,
    told.position, batch.id
