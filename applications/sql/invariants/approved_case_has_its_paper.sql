-- Out: approved certificate cases without a paper, with that of another purpose, or with several.
-- A case whose approval was undone has another purpose each time; what was given up is no paper of
-- it any more.
-- Locks: none.
SELECT a.id AS case_id, a.status, a.paper_id, count(p.id) AS papers
FROM applications_application a
JOIN catalogue_serviceversion v ON v.id = a.service_version_id
LEFT JOIN LATERAL (
    SELECT 'applications.case:' || a.id || coalesce(':' || nullif(count(*), 0), '') AS key
    FROM applications_undoneapproval u
    WHERE u.application_id = a.id
) purpose ON true
LEFT JOIN documents_paper p
    ON (p.id = a.paper_id OR p.purpose_key = purpose.key) AND p.state <> 'ABANDONED'
WHERE coalesce(nullif(a.held_from, ''), a.status) IN
        ('APPROVED', 'AWAITING_SIGNATURE', 'ISSUED', 'READY_FOR_COLLECTION', 'COLLECTED')
    AND v.definition ->> 'kind' = 'certificate'
GROUP BY a.id, purpose.key
HAVING count(p.id) <> 1
    OR min(p.id) IS DISTINCT FROM a.paper_id
    OR min(p.purpose_key) IS DISTINCT FROM purpose.key
