-- Out: cases approved on an entry cited from paper, or of a service that wants two officers and not
-- by its register, whose last approval no second officer spoke. Locks: none.
SELECT a.id AS case_id, a.status, a.cited_entry_id, approved.source
FROM applications_application a
JOIN registers_citedentry e ON e.id = a.cited_entry_id
JOIN catalogue_serviceversion v ON v.id = a.service_version_id
LEFT JOIN LATERAL (
    SELECT c.source, c.version, c.changed_by_id
    FROM applications_statuschange c
    WHERE c.application_id = a.id AND c.target = 'APPROVED' AND c.source <> 'PAYMENT_HELD'
    ORDER BY c.version DESC
    LIMIT 1
) approved ON true
WHERE a.paper_id IS NOT NULL
    AND (e.source = 'paper' OR (
        v.definition ->> 'second_approval' = 'true' AND approved.source IS DISTINCT FROM 'PAID'
    ))
    AND NOT EXISTS (
        SELECT FROM applications_secondapproval s
        WHERE s.application_id = a.id AND s.version = approved.version AND s.approved
            AND s.second_id = approved.changed_by_id AND s.first_id <> s.second_id
    )
