-- Out: papers with a file too few or too many for their state. Locks: none.
-- Once out, a paper keeps its files whatever becomes of it; what is stamped later is not counted.
SELECT p.id AS paper_id, p.state, p.sealed_only, files.steps
FROM documents_paper p
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(f.step::text ORDER BY f.step), '{}') AS steps
    FROM documents_paperfile f
    WHERE f.paper_id = p.id AND f.step IN ('rendered', 'signed', 'sealed')
) files
WHERE files.steps IS DISTINCT FROM CASE
    WHEN p.state = 'REQUESTED' THEN '{}'::text[]
    WHEN p.state = 'RENDERED' THEN '{rendered}'
    WHEN p.state = 'ABANDONED' AND files.steps = '{rendered,signed}' AND NOT p.sealed_only
        THEN files.steps
    WHEN p.state = 'ABANDONED' THEN '{rendered}'
    WHEN p.state = 'SIGNED' THEN '{rendered,signed}'
    WHEN p.sealed_only THEN '{rendered,sealed}'
    ELSE '{rendered,sealed,signed}'
END
