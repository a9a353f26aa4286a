-- Finds services by words as people type them: whole words, beginnings of words, words with slips.
--
-- In:  words (text[], folded), limit
-- Out: service_id, score, best first
-- Locks: none
--
-- A word that few services carry says more than one that many carry, so that "how", "my" or
-- "certificate" cannot drown "birth". A word of one or two letters is taken only as it stands.
-- The threshold of word similarity is set by the caller for its transaction.
WITH asked AS (
    SELECT DISTINCT word FROM unnest(%(words)s::text[]) AS w(word)
), hit AS (
    SELECT a.word, e.service_id, max(
        e.weight * CASE
            WHEN e.words @@ to_tsquery('simple', a.word) THEN 1.0
            WHEN length(a.word) > 2 AND e.words @@ to_tsquery('simple', a.word || ':*') THEN 0.9
            ELSE 0.8 * word_similarity(a.word, e.folded)
        END) AS strength
    FROM asked a
    JOIN catalogue_searchentry e ON
        e.words @@ to_tsquery('simple', a.word || CASE WHEN length(a.word) > 2 THEN ':*' ELSE '' END)
        OR (length(a.word) > 3 AND a.word <%% e.folded)
    GROUP BY a.word, e.service_id
), rarity AS (
    SELECT word, ln(1.0 + (SELECT count(*) FROM catalogue_service) / count(*)::numeric) AS worth
    FROM hit GROUP BY word
)
SELECT h.service_id, sum(h.strength * r.worth * r.worth)::double precision AS score
FROM hit h
JOIN rarity r USING (word)
JOIN catalogue_service s ON s.id = h.service_id AND s.active AND s.current_id IS NOT NULL
GROUP BY h.service_id, s.code
ORDER BY score DESC, s.code
LIMIT %(limit)s
