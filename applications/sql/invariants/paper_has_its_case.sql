-- Out: papers that no case asked for, or whose case is not approved. Locks: none.
-- A slip is none of these, a copy goes with its original, a reissue with the paper it replaces; and
-- what was given up when its approval was undone stays by its number alone, if need be undrawn.
SELECT p.id AS paper_id, p.state, a.id AS case_id, a.status
FROM documents_paper p
LEFT JOIN applications_application a ON a.paper_id = p.id
WHERE NOT p.is_slip AND p.copy_of_id IS NULL AND p.replaces_id IS NULL
    AND NOT (p.state IN ('ABANDONED', 'REQUESTED', 'RENDERED') AND EXISTS (
        SELECT FROM applications_undoneapproval u WHERE u.paper_id = p.id
    ))
    AND (a.id IS NULL
        OR coalesce(nullif(a.held_from, ''), a.status) NOT IN
            ('APPROVED', 'AWAITING_SIGNATURE', 'ISSUED', 'READY_FOR_COLLECTION', 'COLLECTED'))
