-- The lines of a file, each with what became of it by now.
--
-- In:    file_id; fates[], of which a line is to be one, or empty for all; after_statement and
--        after_line, the line before the first that is wanted; limit.
-- Out:   statement, line_no, day, amount, currency, id, fate, leg, movement, rail; in that order.
-- Locks: none.
WITH mine AS (
    SELECT s.id, coalesce(r.code, '') AS rail_code
    FROM payments_statement s LEFT JOIN payments_rail r ON r.id = s.rail_id
    WHERE s.file_id = %(file_id)s::bigint AND s.id >= %(after_statement)s::bigint
)
SELECT * FROM (
    (
        SELECT l.statement_id, l.line_no, l.booked_day, l.amount_minor, l.currency,
            l.external_id, f.fate, coalesce(m.leg, '') AS leg, l.movement_id, mine.rail_code
        FROM mine
        JOIN payments_statement_line l ON l.statement_id = mine.id
        LEFT JOIN payments_movement m ON m.id = l.movement_id
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN m.leg = 'credit' AND (
                    SELECT coalesce(sum(i.amount_minor), 0) FROM payments_suspense_item i
                    WHERE i.movement_id = m.id
                ) > 0 THEN 'SUSPENSE'
                WHEN m.leg = 'withdrawal' AND l.fate = 'POSTED' AND NOT EXISTS (
                    SELECT FROM payments_explanation e WHERE e.movement_id = m.id AND e.approved
                ) THEN 'UNEXPLAINED'
                ELSE l.fate
            END AS fate
        ) f
        WHERE (l.statement_id, l.line_no) > (%(after_statement)s::bigint, %(after_line)s::int)
          AND (cardinality(%(fates)s::text[]) = 0 OR f.fate = ANY (%(fates)s::text[]))
        ORDER BY l.statement_id, l.line_no
        LIMIT %(limit)s::int
    )
    UNION ALL
    (
        SELECT u.statement_id, u.line_no, u.booked_day, u.amount_minor, u.currency,
            u.external_id, u.fate, '', NULL::bigint, mine.rail_code
        FROM mine
        JOIN payments_unposted_line u ON u.statement_id = mine.id
        WHERE (u.statement_id, u.line_no) > (%(after_statement)s::bigint, %(after_line)s::int)
          AND (cardinality(%(fates)s::text[]) = 0 OR u.fate = ANY (%(fates)s::text[]))
        ORDER BY u.statement_id, u.line_no
        LIMIT %(limit)s::int
    )
) lines
ORDER BY 1, 2
LIMIT %(limit)s::int
