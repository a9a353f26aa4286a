-- Which movement is each line evidence of, now that it is posted?
--
-- In:    first_id, last_id: of the lines, whose ids were drawn in one row.
-- Out:   line, movement.
-- Locks: none.
SELECT e.source_id, e.movement_id
FROM payments_evidence e
WHERE e.source = 'statement' AND e.source_id BETWEEN %(first_id)s AND %(last_id)s
