-- In:    rail_id[], external_id[], leg[] (by which the ledger knows the debit), alias[] (another id
--        of it).
-- Out:   the names that are new.
-- Locks: none. A name that stands for a debit stays with it.
INSERT INTO payments_movement_alias (rail_id, external_id, leg, movement_id)
SELECT DISTINCT ON (told.rail_id, told.alias, told.leg)
    told.rail_id, told.alias, told.leg, movement.id
FROM unnest(%(rail_id)s::bigint[], %(external_id)s::text[], %(leg)s::text[], %(alias)s::text[])
    told (rail_id, external_id, leg, alias)
JOIN payments_movement movement
    ON movement.rail_id = told.rail_id AND movement.external_id = told.external_id
    AND movement.leg = told.leg
ORDER BY told.rail_id, told.alias, told.leg, movement.id
ON CONFLICT DO NOTHING
RETURNING external_id
