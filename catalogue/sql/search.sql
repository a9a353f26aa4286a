-- Finds services and references by words as people type them: whole words, beginnings, slips.
--
-- In:  words (text[], folded), whole (text, all of them), limit
-- Out: service_id or reference_id, score, best first
-- Locks: none
--
-- Each word that was typed is first compared with the words that the entries hold, some thousands,
-- and only the nearest few are looked up among the phrases: so a slip costs no scan of them. A word
-- that few phrases hold says more than one that many hold, so that "certificate" cannot drown
-- "birth". A word of one or two letters is taken only as it stands. Whatever is called much as the
-- whole that was typed goes before what only holds its words.
WITH asked AS (
    SELECT DISTINCT word FROM unnest(%(words)s::text[]) AS w(word)
), near AS (
    SELECT a.word AS asked, n.word, n.entries, n.likeness,
        row_number() OVER (
            PARTITION BY a.word ORDER BY n.likeness DESC, n.entries DESC, n.word) AS place,
        max(n.likeness) OVER (PARTITION BY a.word) AS best
    FROM asked a CROSS JOIN LATERAL (
        SELECT w.word, w.entries, 1.0::double precision AS likeness
        FROM catalogue_searchword w WHERE w.word = a.word
        UNION ALL
        SELECT w.word, w.entries, 0.6 + 0.35 * length(a.word) / length(w.word)
        FROM catalogue_searchword w
        WHERE length(a.word) > 2 AND w.word LIKE a.word || '%%' AND w.word <> a.word
        UNION ALL
        SELECT w.word, w.entries, 0.8 * similarity(w.word, a.word)
        FROM catalogue_searchword w
        WHERE length(a.word) > 3 AND w.word %% a.word AND w.word NOT LIKE a.word || '%%'
    ) n
), meant AS (
    SELECT asked, word, likeness, sum(entries) OVER (PARTITION BY asked) AS entries
    FROM near WHERE place <= 8 AND likeness >= 0.35 * best
), held AS (
    SELECT count(*)::double precision AS entries FROM catalogue_searchentry
), hit AS (
    SELECT m.asked, e.service_id, e.reference_id,
        max(e.weight * m.likeness) * ln(1 + max(held.entries) / max(m.entries)) ^ 2 AS worth
    FROM meant m
    CROSS JOIN held
    JOIN catalogue_searchentry e ON e.words @@ to_tsquery('simple', m.word)
    GROUP BY m.asked, e.service_id, e.reference_id
), scored AS (
    SELECT h.service_id, h.reference_id, sum(h.worth) AS score
    FROM hit h
    LEFT JOIN catalogue_service s ON s.id = h.service_id
    WHERE h.reference_id IS NOT NULL OR (s.active AND s.current_id IS NOT NULL)
    GROUP BY h.service_id, h.reference_id
    ORDER BY score DESC, h.service_id, h.reference_id
    LIMIT 5 * %(limit)s
)
SELECT c.service_id, c.reference_id, c.score * (1 + c.called) AS score
FROM (
    SELECT s.service_id, s.reference_id, s.score, (
        SELECT max(similarity(e.folded, %(whole)s) * e.weight / 10.0) FROM catalogue_searchentry e
        WHERE e.service_id = s.service_id OR e.reference_id = s.reference_id) AS called
    FROM scored s
) c
ORDER BY score DESC, c.service_id, c.reference_id
LIMIT %(limit)s
