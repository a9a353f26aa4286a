-- Out: paid bills without an event, events without a paid bill. Locks: none.
SELECT coalesce(b.id, (e.payload ->> 'subject_id')::bigint) AS bill_id, b.state, e.id AS event_id
FROM (SELECT * FROM payments_bill WHERE state = 'PAID') b
FULL JOIN (SELECT * FROM kernel_event WHERE name = 'payments.bill.paid') e
    ON (e.payload ->> 'subject_id')::bigint = b.id
WHERE b.id IS NULL OR e.id IS NULL
