-- Offices that somebody looks for by a name: of an area in which she is, or of the office itself.
-- In: typed (text, not empty), pattern (the same for ILIKE, with wildcards), named (how many areas of
-- the name are looked at), most and before (how many rows, after how many). Out: office ids, the code
-- of the area that was meant ('' where the office's own name was), the best first.
-- Locks: none.
WITH named AS (
    SELECT a.code, a.name, a.path, a.level,
        greatest(similarity(a.name, %(typed)s), similarity(a.name_alt, %(typed)s))
            + CASE WHEN lower(a.name) = lower(%(typed)s) THEN 1 ELSE 0 END AS score
    FROM places_area a
    WHERE a.active AND (a.name %% %(typed)s OR a.name_alt %% %(typed)s OR a.name ILIKE %(pattern)s)
    ORDER BY score DESC, a.level, a.code
    LIMIT %(named)s
), nearest AS (
    -- The offices of the smallest area around it that has any.
    SELECT n.code, n.score, n.level, o.id, a.level AS standing,
        max(a.level) OVER (PARTITION BY n.code) AS deepest
    FROM named n
    JOIN places_area a ON a.code = ANY (string_to_array(n.path, '/'))
    JOIN places_office o ON o.area_id = a.id AND o.active
), found AS (
    SELECT id, code, score, level FROM nearest WHERE standing = deepest
    UNION ALL
    SELECT o.id, '', 1, 0 FROM places_office o
    WHERE o.active AND EXISTS (
        SELECT FROM jsonb_each_text(o.names) told WHERE told.value ILIKE %(contained)s
    )
)
SELECT id, code FROM (
    SELECT DISTINCT ON (id) id, code, score, level FROM found ORDER BY id, score DESC, level
) best
ORDER BY score DESC, level, id
LIMIT %(most)s OFFSET %(before)s
