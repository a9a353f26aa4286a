-- By which reference is each movement known?
--
-- In:    position[], rail_id[], external_id[]: movements, all posted.
-- Out:   position and the movement's reference as first told, in the order of positions.
-- Locks: none. Like keep_evidence.sql it needs a snapshot younger than post_collections.sql.
SELECT told.position, movement.reference
FROM unnest(%(position)s::int[], %(rail_id)s::bigint[], %(external_id)s::text[])
    told (position, rail_id, external_id)
JOIN payments_movement movement
    ON movement.rail_id = told.rail_id AND movement.external_id = told.external_id
    AND movement.leg = 'credit'
ORDER BY told.position
