-- Out: the movements that a day's journals post, by journal. What a payer typed is not among it.
-- In:  day. Locks: none.
SELECT m.id, j.id, r.code, m.leg, m.external_id, m.currency, m.amount_minor, m.original_id,
    m.refund_id, payments_seal_instant(m.occurred_at), payments_seal_instant(m.first_heard_at)
FROM payments_journal j
JOIN payments_movement m ON m.id = j.subject_id
    AND m.leg = CASE j.kind
        WHEN 'collection' THEN 'credit' WHEN 'remitted' THEN 'remittance' ELSE j.kind
    END
JOIN payments_rail r ON r.id = m.rail_id
WHERE j.business_day = %(day)s::date AND j.kind IN (
    'collection', 'reversal', 'charge', 'payout', 'sweep', 'transfer', 'withdrawal', 'remitted'
)
ORDER BY j.id
