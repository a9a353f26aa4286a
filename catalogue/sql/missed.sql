-- Counts words that were looked for and that nothing here contains.
--
-- In:  day, words (text[], folded, of letters only), language, most (words of one day at most)
-- Out: rows of catalogue_missedsearch, each counted once more
-- Locks: the rows counted, in the order of their words
INSERT INTO catalogue_missedsearch (day, word, language, times)
SELECT %(day)s::date, word, %(language)s, 1
FROM (SELECT DISTINCT word FROM unnest(%(words)s::text[]) AS w(word) ORDER BY word) asked
-- A machine that types at random fills a day, and no more.
WHERE (SELECT count(*) FROM catalogue_missedsearch WHERE day = %(day)s::date) < %(most)s
ON CONFLICT ON CONSTRAINT missed_word_counted_once_a_day
DO UPDATE SET times = catalogue_missedsearch.times + 1
