-- Out: papers that are not what their history says, or moved without a cause. Locks: none.
SELECT p.id AS paper_id, p.state, last.target
FROM documents_paper p
LEFT JOIN LATERAL (
    SELECT c.source, c.target, c.act_id, c.event_id FROM documents_paperchange c
    WHERE c.paper_id = p.id ORDER BY c.id + 0 DESC LIMIT 1
) last ON true
WHERE last.target IS DISTINCT FROM p.state
    OR (p.state IN ('SUSPENDED', 'REVOKED') AND last.act_id IS NULL)
    OR (p.state = 'ENDED' AND last.event_id IS NULL)
