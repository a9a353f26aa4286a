-- Out: cases whose payment is held and whose paper is not withheld, or the other way. Locks: none.
SELECT a.id, a.status, p.id AS paper_id, p.withheld_at
FROM applications_application a
JOIN documents_paper p ON p.id = a.paper_id
WHERE (a.status = 'PAYMENT_HELD') <> (p.withheld_at IS NOT NULL)
