-- Out: bills that were paid another number of times than their events say, and paid bills whose
-- history never says so. Locks: none.
WITH paid AS (
    SELECT h.subject_id AS bill_id, count(*) AS times
    FROM kernel_status_history h
    WHERE h.lifecycle = 'payments.bill' AND h.target = 'PAID'
    GROUP BY h.subject_id
),
told AS (
    SELECT (e.payload ->> 'subject_id')::bigint AS bill_id, count(*) AS times
    FROM kernel_event e WHERE e.name = 'payments.bill.paid'
    GROUP BY 1
)
SELECT bill_id, b.state, paid.times AS times_paid, told.times AS times_told
FROM paid
FULL JOIN told USING (bill_id)
FULL JOIN (SELECT p.id AS bill_id, p.state FROM payments_bill p WHERE p.state = 'PAID') b
    USING (bill_id)
WHERE coalesce(paid.times, 0) <> coalesce(told.times, 0) OR (b.state = 'PAID' AND paid.times IS NULL)
