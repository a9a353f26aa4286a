-- Which movements of a rail have one of these ids, as their own or as another name?
--
-- In:    rail_id; external_id[], each once; is_advice (which kind of line counts).
-- Out:   the id as asked, the movement, its leg, its own id, amount and currency, and whether a line
--        of that kind tells of it already.
-- Locks: none.
WITH told AS MATERIALIZED (SELECT unnest(%(external_id)s::text[]) AS external_id),
named AS (
    SELECT told.external_id AS name, m.*
    FROM told
    JOIN payments_movement m ON m.rail_id = %(rail_id)s AND m.external_id = told.external_id
    UNION ALL
    SELECT told.external_id, m.*
    FROM told
    JOIN payments_movement_alias alias
        ON alias.rail_id = %(rail_id)s AND alias.external_id = told.external_id
    JOIN payments_movement m ON m.id = alias.movement_id
)
SELECT named.name, named.id, named.leg, named.external_id, named.amount_minor, named.currency,
    EXISTS (
        SELECT FROM payments_statement_line line
        WHERE line.movement_id = named.id AND line.is_advice = %(is_advice)s
    )
FROM named
