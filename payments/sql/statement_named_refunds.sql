-- Which refunds of a rail's collections do debits name, by our key or by the provider's words?
--
-- In:    rail_id, is_advice; position[], word[], amount_minor[], currency[].
-- Out:   position, refund's key.
-- Locks: none; the engine holds the refund before it believes it.
SELECT DISTINCT ON (told.position) told.position, refund.key
FROM unnest(
    %(position)s::int[], %(word)s::text[], %(amount_minor)s::bigint[], %(currency)s::text[]
) told (position, word, amount_minor, currency)
JOIN payments_refund refund
    ON told.word IN (
        refund.key::text, replace(refund.key::text, '-', ''), refund.handle, refund.external_id
    )
    AND (refund.amount_minor, refund.currency) = (told.amount_minor, told.currency)
    AND refund.state IN ('SENDING', 'PENDING', 'UNKNOWN', 'DONE')
JOIN payments_movement original
    ON original.id = refund.movement_id AND original.rail_id = %(rail_id)s
WHERE told.word <> ''
  AND NOT EXISTS (
      SELECT FROM payments_movement payout
      JOIN payments_statement_line line
          ON line.movement_id = payout.id AND line.is_advice = %(is_advice)s
      WHERE payout.refund_id = refund.id
  )
  -- Two people have said which debit paid it.
  AND NOT EXISTS (SELECT FROM payments_explanation e WHERE e.refund_id = refund.id AND e.approved)
ORDER BY told.position, refund.id
