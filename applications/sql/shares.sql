-- How cases came in, by the office that received them and the month: alone, with a helper who said
-- so, or from a phone that applied as "self" for too many persons.
-- In: since, until, zone, persons_max, window (seconds). Out: office, month, self, assisted, undeclared.
-- Locks: none.
WITH sent AS (
    SELECT a.id, a.receiving_office_id AS office_id, a.contact_id, a.holder_id, a.submitted_at,
        h.id IS NOT NULL AS is_assisted
    FROM applications_application a
    LEFT JOIN applications_assistance h ON h.application_id = a.id
    -- Cases before and after the time asked for show which phones recur within it.
    WHERE a.submitted_at >= %(since)s - make_interval(secs => %(window)s) AND a.submitted_at < %(until)s + make_interval(secs => %(window)s)
        AND a.receiving_office_id IS NOT NULL
), busy AS (
    -- A window that ends with one case of a phone, and holds too many persons.
    SELECT e.contact_id, e.submitted_at
    FROM sent e
    JOIN sent b ON b.contact_id = e.contact_id AND NOT b.is_assisted
        AND b.submitted_at <= e.submitted_at AND b.submitted_at > e.submitted_at - make_interval(secs => %(window)s)
    WHERE NOT e.is_assisted
    GROUP BY e.contact_id, e.submitted_at
    HAVING count(DISTINCT b.holder_id) > %(persons_max)s
), judged AS (
    SELECT s.*, NOT s.is_assisted AND EXISTS (
        SELECT FROM busy w WHERE w.contact_id = s.contact_id
            AND s.submitted_at <= w.submitted_at AND s.submitted_at > w.submitted_at - make_interval(secs => %(window)s)
    ) AS is_undeclared
    FROM sent s
    WHERE s.submitted_at >= %(since)s AND s.submitted_at < %(until)s
)
SELECT office_id, date_trunc('month', submitted_at AT TIME ZONE %(zone)s)::date AS month,
    count(*) FILTER (WHERE NOT is_assisted AND NOT is_undeclared),
    count(*) FILTER (WHERE is_assisted),
    count(*) FILTER (WHERE is_undeclared)
FROM judged GROUP BY 1, 2 ORDER BY 1, 2
