-- Out: lines that are no evidence of their movement, on its rail and in its direction; and evidence
--      from statements without its line. Locks: none.
SELECT l.id AS line_id, l.movement_id
FROM payments_statement_line l
LEFT JOIN payments_movement m ON m.id = l.movement_id
WHERE l.fate IN ('POSTED', 'MATCHED') AND (
    NOT EXISTS (
        SELECT FROM payments_evidence e
        WHERE e.movement_id = l.movement_id AND e.source = 'statement' AND e.source_id = l.id
    )
    OR m.rail_id IS DISTINCT FROM l.rail_id
    OR (l.amount_minor > 0) <> (m.leg IN ('credit', 'transfer'))
)
UNION ALL
SELECT e.source_id, e.movement_id
FROM payments_evidence e
WHERE e.source = 'statement' AND NOT EXISTS (
    SELECT FROM payments_statement_line l
    WHERE l.id = e.source_id AND l.movement_id = e.movement_id
)
