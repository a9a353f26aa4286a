-- Out: cases whose state or version is not that of their last move. Locks: none.
SELECT a.id AS case_id, a.status, a.version, last.target, last.version AS told_version
FROM applications_application a
LEFT JOIN LATERAL (
    SELECT c.target, c.version
    FROM applications_statuschange c
    WHERE c.application_id = a.id
    ORDER BY c.version DESC
    LIMIT 1
) last ON true
WHERE (last.target, last.version) IS DISTINCT FROM (a.status, a.version)
