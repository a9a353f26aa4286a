-- Out: ids of the statements that are held back and tell what no posted one tells.
-- In:  nothing. Locks: none. Read by statement_held_back: there are few.
SELECT s.id
FROM payments_statement s
WHERE s.state = 'KEPT' AND s.held_back <> '' AND payments_is_held_back(s.id)
ORDER BY s.id
