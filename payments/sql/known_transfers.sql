-- Which collections that are told are the arrival of a sweep, by an id that names it?
--
-- In:    position[], rail_id[], external_id[], currency[], amount_minor[]: money as told.
-- Out:   the position, and the id that the ledger knows the transfer by. Of the same amount only.
-- Locks: none.
SELECT DISTINCT ON (told.position) told.position, t.external_id
FROM unnest(
    %(position)s::int[], %(rail_id)s::bigint[], %(external_id)s::text[], %(currency)s::text[],
    %(amount_minor)s::bigint[]
) told (position, rail_id, external_id, currency, amount_minor)
CROSS JOIN LATERAL (
    SELECT m.external_id, m.currency, m.amount_minor
    FROM payments_movement m
    WHERE m.rail_id = told.rail_id AND m.external_id = told.external_id AND m.leg = 'transfer'
    UNION ALL
    SELECT m.external_id, m.currency, m.amount_minor
    FROM payments_movement_alias a
    JOIN payments_movement m ON m.id = a.movement_id
    WHERE a.rail_id = told.rail_id AND a.external_id = told.external_id AND a.leg = 'transfer'
) t
WHERE (t.currency, t.amount_minor) = (told.currency, told.amount_minor)
ORDER BY told.position, t.external_id
