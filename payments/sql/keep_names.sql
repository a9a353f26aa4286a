-- In:    rail_id[], external_id[] (by which the ledger knows the collection), alias[] (another id
--        of it).
-- Out:   the names that are new.
-- Locks: none. A name that stands for a collection stays with it.
INSERT INTO payments_movement_alias (rail_id, external_id, movement_id)
SELECT DISTINCT ON (told.rail_id, told.alias) told.rail_id, told.alias, movement.id
FROM unnest(%(rail_id)s::bigint[], %(external_id)s::text[], %(alias)s::text[])
    told (rail_id, external_id, alias)
JOIN payments_movement movement
    ON movement.rail_id = told.rail_id AND movement.external_id = told.external_id
    AND movement.leg = 'credit'
ORDER BY told.rail_id, told.alias, movement.id
ON CONFLICT DO NOTHING
RETURNING external_id
