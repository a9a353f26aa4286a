-- Out: revisions that do not follow on the one before, or papers whose proof is not the newest
-- revision's. Locks: none.
SELECT f.paper_id, f.revision, f.step, f.pades_level
FROM (
    SELECT paper_id, revision, step, pades_level, previous_size,
        lag(revision, 1, 0::smallint) OVER made AS last_revision,
        lag(size, 1, 0) OVER made AS last_size,
        lag(pades_level) OVER made AS last_level
    FROM documents_paperfile
    WINDOW made AS (PARTITION BY paper_id ORDER BY revision)
) f
WHERE f.revision <> f.last_revision + 1
    OR f.previous_size <> f.last_size
    OR (f.step IN ('stamped', 'augmented', 'refreshed') AND array_position(ARRAY['', 'B-B', 'B-T', 'B-LTA'], f.pades_level::text)
            < array_position(ARRAY['', 'B-B', 'B-T', 'B-LTA'], f.last_level::text))
UNION ALL
SELECT newest.paper_id, newest.revision, newest.step, newest.pades_level
FROM (
    SELECT DISTINCT ON (paper_id) paper_id, revision, step, pades_level, stamped_at, stamp_until
    FROM documents_paperfile
    ORDER BY paper_id, revision DESC
) newest
LEFT JOIN documents_proof p ON p.paper_id = newest.paper_id
WHERE newest.step NOT IN ('rendered', 'signed')
    AND (p.revision, p.pades_level, p.stamped_at, p.stamp_until)
        IS DISTINCT FROM
        (newest.revision, newest.pades_level, newest.stamped_at, newest.stamp_until)
