-- Which bill does each collection mean, and who stands in for it now?
--
-- In:    position[], reference[] (12 digits or ''), attempt_key[] (NULL unless a prompt is answered).
-- Out:   per position: attempt_id, bill_id (the bill that was named; NULL if none), heir_id (the
--        youngest successor, or the bill itself), whether the heir has expired, and whether it has
--        been replaced while we waited for it, in which case the caller asks again.
-- Locks: all those bills FOR NO KEY UPDATE, in the order of their ids.
WITH RECURSIVE told AS MATERIALIZED (
    SELECT t.position, t.reference, t.attempt_key
    FROM unnest(%(position)s::int[], %(reference)s::text[], %(attempt_key)s::uuid[])
        t (position, reference, attempt_key)
),
named AS MATERIALIZED (
    SELECT told.position, attempt.id AS attempt_id, coalesce(attempt.bill_id, bill.id) AS bill_id
    FROM told
    LEFT JOIN payments_payment_attempt attempt ON attempt.key = told.attempt_key
    LEFT JOIN payments_bill bill ON bill.reference = told.reference
),
lineage AS (
    SELECT DISTINCT named.bill_id AS origin_id, named.bill_id AS bill_id
    FROM named WHERE named.bill_id IS NOT NULL
    UNION
    SELECT lineage.origin_id, bill.successor_id
    FROM lineage
    JOIN payments_bill bill ON bill.id = lineage.bill_id
    WHERE bill.successor_id IS NOT NULL
),
held AS MATERIALIZED (
    SELECT bill.id, bill.state, bill.successor_id
    FROM (SELECT DISTINCT lineage.bill_id FROM lineage) meant
    JOIN payments_bill bill ON bill.id = meant.bill_id
    ORDER BY bill.id
    FOR NO KEY UPDATE OF bill
),
-- A successor is younger than what it succeeds: the last of a line has the highest id.
heir AS (
    SELECT lineage.origin_id, max(lineage.bill_id) AS heir_id
    FROM lineage GROUP BY lineage.origin_id
)
SELECT named.position, named.attempt_id, named.bill_id, heir.heir_id,
       coalesce(held.state = 'EXPIRED', false) AS is_expired,
       coalesce(held.successor_id IS NOT NULL, false) AS is_outdated
FROM named
LEFT JOIN heir ON heir.origin_id = named.bill_id
LEFT JOIN held ON held.id = heir.heir_id
ORDER BY named.position
