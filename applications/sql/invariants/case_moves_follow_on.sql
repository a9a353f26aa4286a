-- Out: moves that do not begin where the one before ended, or whose number is not the next one.
-- Locks: none.
SELECT m.application_id AS case_id, m.version, m.before, m.source, m.target
FROM (
    SELECT c.application_id, c.version, c.source, c.target,
        lag(c.target, 1, '') OVER moves AS before,
        lag(c.version, 1, 0) OVER moves + 1 AS place
    FROM applications_statuschange c
    WINDOW moves AS (PARTITION BY c.application_id ORDER BY c.version)
) m
WHERE m.source <> m.before OR m.version <> m.place
