-- Sums what stood in suspense at the end of a day, by rail, reason and age.
--
-- In:    as_of (a business day); ages: the first day of each older age, rising ({2, 8, 31, 91}).
-- Out:   one row a group: rail, currency, the reason of the newest entry, the age's place (0: the
--        youngest), collections, amount.
-- Locks: none.
WITH standing AS (
    SELECT item.movement_id, item.currency, sum(item.amount_minor)::bigint AS amount_minor,
        min(journal.business_day) FILTER (WHERE item.amount_minor > 0) AS since,
        (array_agg(item.reason ORDER BY item.id DESC) FILTER (WHERE item.amount_minor > 0))[1]
            AS reason
    FROM payments_suspense_item item
    JOIN payments_journal journal ON journal.id = item.journal_id
    WHERE journal.business_day <= %(as_of)s::date
    GROUP BY item.movement_id, item.currency
    HAVING sum(item.amount_minor) <> 0
)
SELECT movement.rail_id, standing.currency, standing.reason,
    width_bucket(%(as_of)s::date - standing.since, %(ages)s::int[]),
    count(*), sum(standing.amount_minor)::bigint
FROM standing
JOIN payments_movement movement ON movement.id = standing.movement_id
GROUP BY 1, 2, 3, 4
