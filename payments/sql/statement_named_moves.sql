-- Which debits of a statement carry the number of an order to move what a retired rail holds?
--
-- In:    rail_id, zone; position[], word[], amount_minor[], currency[], booked_day[].
-- Out:   positions, once each: of its rail and amount, not before the day on which it was given nor
--        from the day on which it was given up, the first by each order, and no more than there are
--        orders whose money has not left.
-- Locks: none; the rail is held. An order never changes once it is given; two people give it up.
WITH named AS (
    SELECT DISTINCT ON (v.id) told.position, v.currency, v.amount_minor
    FROM unnest(
        %(position)s::int[], %(word)s::text[], %(amount_minor)s::bigint[], %(currency)s::text[],
        %(booked_day)s::date[]
    ) told (position, word, amount_minor, currency, booked_day)
    JOIN payments_move v
        ON told.word ~ '^MV[0-9]{6,}$' AND v.id = substr(told.word, 3)::bigint
        AND v.rail_id = %(rail_id)s AND v.approved
        AND (v.currency, v.amount_minor) = (told.currency, told.amount_minor)
        AND told.booked_day >= (v.decided_at AT TIME ZONE %(zone)s::text)::date
        AND NOT EXISTS (
            SELECT FROM payments_move_end e
            WHERE e.move_id = v.id AND e.approved
              AND told.booked_day >= (e.decided_at AT TIME ZONE %(zone)s::text)::date
        )
    ORDER BY v.id, told.position
),
placed AS (
    SELECT n.position, n.currency, n.amount_minor, row_number() OVER (
        PARTITION BY n.currency, n.amount_minor ORDER BY n.position
    ) AS place
    FROM (SELECT DISTINCT named.* FROM named) n
)
SELECT p.position
FROM placed p
WHERE p.place <= (
    SELECT count(*) FROM payments_move_under_way u
    WHERE (u.rail_id, u.currency, u.amount_minor) = (%(rail_id)s, p.currency, p.amount_minor)
)
ORDER BY p.position
