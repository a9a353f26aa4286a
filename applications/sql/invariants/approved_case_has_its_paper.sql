-- Out: approved certificate cases without a paper, with that of another purpose, or with several.
-- Locks: none.
SELECT a.id AS case_id, a.status, a.paper_id, count(p.id) AS papers
FROM applications_application a
JOIN catalogue_serviceversion v ON v.id = a.service_version_id
LEFT JOIN documents_paper p
    ON p.id = a.paper_id OR p.purpose_key = 'applications.case:' || a.id
WHERE coalesce(nullif(a.held_from, ''), a.status) IN
        ('APPROVED', 'AWAITING_SIGNATURE', 'ISSUED', 'READY_FOR_COLLECTION', 'COLLECTED')
    AND v.definition ->> 'kind' = 'certificate'
GROUP BY a.id
HAVING count(p.id) <> 1
    OR min(p.id) IS DISTINCT FROM a.paper_id
    OR min(p.purpose_key) IS DISTINCT FROM 'applications.case:' || a.id
