-- Out: movements in that have no journal, or several. Locks: none.
SELECT m.id, count(j.id) AS journals
FROM payments_movement m
LEFT JOIN payments_journal j ON j.kind = 'collection' AND j.subject_id = m.id
WHERE m.leg = 'credit'
GROUP BY m.id
HAVING count(j.id) <> 1
