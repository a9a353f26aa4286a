-- Out: movements that have no journal, or several, or one of another amount. Locks: none.
SELECT m.id, m.leg, count(j.id) AS journals
FROM payments_movement m
LEFT JOIN payments_journal j
    ON j.subject_id = m.id AND j.kind = CASE m.leg
        WHEN 'credit' THEN 'collection' WHEN 'remittance' THEN 'remitted' ELSE m.leg
    END
LEFT JOIN payments_posting own ON own.journal_id = j.id AND own.line_no = 1
GROUP BY m.id, m.leg, m.amount_minor
HAVING count(j.id) <> 1 OR max(abs(own.amount_minor)) IS DISTINCT FROM m.amount_minor
