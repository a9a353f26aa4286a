-- Out: journals of what does not exist, or is something else. Locks: none.
SELECT j.id, j.kind, j.subject_id
FROM payments_journal j
LEFT JOIN payments_movement m ON m.id = j.subject_id
LEFT JOIN payments_refund f ON f.id = j.subject_id
LEFT JOIN payments_float_top_up t ON t.id = j.subject_id
LEFT JOIN payments_match match ON match.id = j.subject_id
LEFT JOIN payments_explanation explanation ON explanation.id = j.subject_id
LEFT JOIN payments_release release ON release.id = j.subject_id
LEFT JOIN payments_remittance batch ON batch.id = j.subject_id
WHERE CASE
    WHEN j.kind = 'collection' THEN m.leg IS DISTINCT FROM 'credit'
    WHEN j.kind IN ('reversal', 'charge', 'payout', 'sweep', 'transfer', 'withdrawal')
        THEN m.leg IS DISTINCT FROM j.kind
    WHEN j.kind = 'refund'
        THEN f.id IS NULL OR f.state IN ('PROPOSED', 'REQUESTED', 'AWAITING_FUNDS', 'DECLINED')
    WHEN j.kind = 'refund_returned' THEN f.state IS DISTINCT FROM 'FAILED'
    WHEN j.kind = 'float' THEN t.confirmed_at IS NULL
    WHEN j.kind = 'match' THEN match.approved IS NOT TRUE
    WHEN j.kind = 'explained' THEN explanation.approved IS NOT TRUE
    WHEN j.kind IN ('write_off', 'unclaimed', 'returned', 'arrived')
        THEN release.approved IS NOT TRUE OR release.kind <> j.kind
    WHEN j.kind = 'remitted' THEN m.leg IS DISTINCT FROM 'remittance'
    WHEN j.kind = 'remittance' THEN batch.id IS NULL OR batch.state IN ('BUILDING', 'PROPOSED')
    WHEN j.kind = 'remittance_returned'
        THEN batch.id IS NULL OR batch.state NOT IN (
            'FAILED', 'CANCELLED', 'CONFIRMED', 'RETURNED'
        )
    WHEN j.kind = 'remittance_resumed'
        THEN batch.id IS NULL OR batch.state NOT IN ('CONFIRMED', 'RETURNED')
    WHEN j.kind = 'remittance_sent_back' THEN batch.state IS DISTINCT FROM 'RETURNED'
    ELSE true
END
