-- Out: cases whose state is not that of their last move, or that are behind it. Locks: none.
-- What changes hands and no state (reassigned, rerouted, handed over) has a version and no move.
SELECT a.id AS case_id, a.status, a.version, last.target, last.version AS told_version
FROM applications_application a
LEFT JOIN LATERAL (
    SELECT c.target, c.version
    FROM applications_statuschange c
    WHERE c.application_id = a.id
    ORDER BY c.version DESC
    LIMIT 1
) last ON true
WHERE last.target IS DISTINCT FROM a.status OR last.version > a.version
