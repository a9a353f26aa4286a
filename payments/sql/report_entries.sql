-- Counts the entries that a report of revenue reads, no further than asked.
--
-- In:    first_day, last_day; at_most (NULL: all).
-- Out:   how many allocations stand on journals of these days.
-- Locks: none.
WITH span AS (
    SELECT min(id) AS first_id, max(id) AS last_id
    FROM payments_journal
    WHERE business_day BETWEEN %(first_day)s::date AND %(last_day)s::date
)
SELECT count(*)
FROM (
    SELECT
    FROM span
    JOIN payments_allocation allocation
        ON allocation.journal_id BETWEEN span.first_id AND span.last_id
    JOIN payments_journal journal ON journal.id = allocation.journal_id
        AND journal.business_day BETWEEN %(first_day)s::date AND %(last_day)s::date
    LIMIT %(at_most)s::bigint
) entry
