-- When the cases began and ended that got their paper in some time, and when it was not the
-- office's turn meanwhile.
-- In: since, until (timestamptz), physical (ids of versions whose paper is handed over: they end
-- when it lies ready), waiting (statuses in which the office owes nothing).
-- Out: service code; when it was paid and when it ended; when a counter took it on paper and when
-- it was typed, both null for most; when each time of waiting began, and when it ended.
-- Locks: none. Reads the moves of that time by office and day, and then each case by its own.
WITH ended AS MATERIALIZED (
    SELECT m.application_id, m.changed_at, m.version, a.service_code, a.received_at, a.created_at
    FROM applications_statuschange m
    JOIN applications_application a ON a.id = m.application_id
    WHERE m.office_id IS NOT NULL AND m.changed_at >= %(since)s AND m.changed_at < %(until)s
      AND m.target = CASE WHEN a.service_version_id = ANY (%(physical)s)
          THEN 'READY_FOR_COLLECTION' ELSE 'ISSUED' END
)
SELECT e.service_code, life.paid_at, e.changed_at, e.received_at, e.created_at, life.waited_from,
    life.waited_until
FROM ended e
CROSS JOIN LATERAL (
    SELECT min(m.changed_at) FILTER (WHERE m.target = 'PAID') AS paid_at,
        array_agg(m.changed_at) FILTER (WHERE m.waited) AS waited_from,
        array_agg(m.next_at) FILTER (WHERE m.waited) AS waited_until
    FROM (
        SELECT c.target, c.changed_at, lead(c.changed_at) OVER moves AS next_at,
            c.target = ANY (%(waiting)s) AND c.version < e.version
                AND bool_or(c.target = 'PAID') OVER moves AS waited
        FROM applications_statuschange c
        WHERE c.application_id = e.application_id
        WINDOW moves AS (ORDER BY c.version)
    ) m
) life
WHERE life.paid_at IS NOT NULL
