-- Out: explanations behind which there are no two different people, that are posted and not approved
-- or the other way round, or of what was no withdrawal; withdrawals with two in force. Locks: none.
SELECT e.id, e.movement_id, e.answer, e.approved
FROM payments_explanation e
JOIN payments_movement w ON w.id = e.movement_id
LEFT JOIN payments_journal j ON j.kind = 'explained' AND j.subject_id = e.id
LEFT JOIN payments_posting own ON own.journal_id = j.id AND own.line_no = 1
WHERE e.maker_id = e.checker_id
    OR (e.approved IS NULL) <> (e.checker_id IS NULL)
    OR w.leg <> 'withdrawal'
    OR (e.approved IS TRUE) <> (j.id IS NOT NULL)
    OR e.approved AND own.amount_minor IS DISTINCT FROM -w.amount_minor
    OR e.approved AND e.answer = 'returned' AND NOT EXISTS (
        SELECT FROM payments_movement t
        WHERE t.id = e.transfer_id AND t.leg = 'transfer'
          AND (t.currency, t.amount_minor) = (w.currency, w.amount_minor)
    )
    OR e.approved AND EXISTS (
        SELECT FROM payments_explanation other
        WHERE other.movement_id = e.movement_id AND other.id <> e.id
          AND other.approved IS NOT FALSE
    )
