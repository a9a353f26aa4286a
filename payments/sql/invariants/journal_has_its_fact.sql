-- Out: journals of what does not exist, or is something else. Locks: none.
SELECT j.id, j.kind, j.subject_id
FROM payments_journal j
LEFT JOIN payments_movement m ON m.id = j.subject_id
LEFT JOIN payments_refund f ON f.id = j.subject_id
LEFT JOIN payments_float_top_up t ON t.id = j.subject_id
LEFT JOIN payments_match match ON match.id = j.subject_id
WHERE CASE
    WHEN j.kind = 'collection' THEN m.leg IS DISTINCT FROM 'credit'
    WHEN j.kind IN ('reversal', 'charge', 'payout', 'sweep', 'transfer', 'withdrawal')
        THEN m.leg IS DISTINCT FROM j.kind
    WHEN j.kind = 'refund'
        THEN f.id IS NULL OR f.state IN ('PROPOSED', 'REQUESTED', 'AWAITING_FUNDS', 'DECLINED')
    WHEN j.kind = 'refund_returned' THEN f.state IS DISTINCT FROM 'FAILED'
    WHEN j.kind = 'float' THEN t.confirmed_at IS NULL
    WHEN j.kind = 'match' THEN match.approved IS NOT TRUE
    ELSE true
END
