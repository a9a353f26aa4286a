-- In:    position[], rail_id[], external_id[]: ids as told.
-- Out:   the positions of those that are a collection's own id.
-- Locks: none.
SELECT told.position
FROM unnest(%(position)s::int[], %(rail_id)s::bigint[], %(external_id)s::text[])
    told (position, rail_id, external_id)
JOIN payments_movement movement
    ON movement.rail_id = told.rail_id AND movement.external_id = told.external_id
    AND movement.leg = 'credit'
