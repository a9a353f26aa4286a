-- Out: journals with fewer than two lines. Locks: none.
SELECT j.id
FROM payments_journal j
LEFT JOIN payments_posting p ON p.journal_id = j.id
GROUP BY j.id
HAVING count(p.journal_id) < 2
