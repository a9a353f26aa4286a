-- Out: offices, officers, services and states whose kept count is not how many cases there are.
-- Locks: none.
WITH kept AS (
    SELECT deciding_office_id, coalesce(officer_id, 0) AS officer_id, service_code, status,
        sum(n) AS n
    FROM applications_tally
    GROUP BY deciding_office_id, coalesce(officer_id, 0), service_code, status
    HAVING sum(n) <> 0
),
there AS (
    SELECT deciding_office_id, coalesce(officer_id, 0) AS officer_id, service_code, status,
        count(*) AS n
    FROM applications_application
    WHERE deciding_office_id IS NOT NULL AND status IN (
        'IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_COMPLETION', 'AWAITING_SECOND', 'APPROVED',
        'AWAITING_SIGNATURE', 'UNDER_APPEAL', 'PAYMENT_HELD', 'READY_FOR_COLLECTION'
    )
    GROUP BY deciding_office_id, coalesce(officer_id, 0), service_code, status
)
SELECT deciding_office_id, officer_id, service_code, status, kept.n AS kept, there.n AS there
FROM kept
FULL JOIN there USING (deciding_office_id, officer_id, service_code, status)
WHERE kept.n IS DISTINCT FROM there.n
