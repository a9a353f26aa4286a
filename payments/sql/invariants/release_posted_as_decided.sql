-- Out: releases behind which there are no two different people, or that are not posted as they were
-- decided: by their amount, out of suspense, for their own reason. Locks: none.
SELECT l.id, l.movement_id, l.kind, l.approved
FROM payments_release l
LEFT JOIN payments_journal j ON j.kind = l.kind AND j.subject_id = l.id
LEFT JOIN payments_suspense_item s
    ON s.journal_id = j.id AND s.movement_id = l.movement_id
    AND s.reason = CASE l.kind
        WHEN 'write_off' THEN 'WRITTEN_OFF' WHEN 'returned' THEN 'RETURNED'
        WHEN 'arrived' THEN 'ARRIVED' ELSE 'UNCLAIMED'
    END
WHERE l.maker_id = l.checker_id
    OR (l.approved IS NULL) <> (l.checker_id IS NULL)
    OR (l.approved IS TRUE) <> (j.id IS NOT NULL)
    OR l.approved AND coalesce(s.amount_minor, 0) <> -l.amount_minor
