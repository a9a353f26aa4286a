-- Out: papers that no case asked for, or whose case is not approved. Locks: none.
SELECT p.id AS paper_id, p.state, a.id AS case_id, a.status
FROM documents_paper p
LEFT JOIN applications_application a ON a.paper_id = p.id
WHERE a.id IS NULL
    OR coalesce(nullif(a.held_from, ''), a.status) NOT IN
        ('APPROVED', 'AWAITING_SIGNATURE', 'ISSUED', 'READY_FOR_COLLECTION', 'COLLECTED')
