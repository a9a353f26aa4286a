-- Out: refunds that hold money without a journal, or the other way round. Locks: none.
SELECT f.id, f.state
FROM payments_refund f
WHERE (f.state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE', 'FAILED')) <> EXISTS (
        SELECT FROM payments_journal j WHERE j.kind = 'refund' AND j.subject_id = f.id
    )
    OR (f.state = 'FAILED') <> EXISTS (
        SELECT FROM payments_journal j WHERE j.kind = 'refund_returned' AND j.subject_id = f.id
    )
