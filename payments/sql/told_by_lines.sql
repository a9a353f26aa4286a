-- Which collections has another line of a statement told already?
--
-- In:    position[], rail_id[], external_id[] (by which the ledger knows them), source_id[] (the line
--        that tells now).
-- Out:   the positions of those.
-- Locks: none; whoever imports a statement holds its rail.
SELECT told.position
FROM unnest(
    %(position)s::int[], %(rail_id)s::bigint[], %(external_id)s::text[], %(source_id)s::bigint[]
) told (position, rail_id, external_id, source_id)
JOIN payments_movement movement
    ON movement.rail_id = told.rail_id AND movement.external_id = told.external_id
    AND movement.leg = 'credit'
WHERE EXISTS (
    SELECT FROM payments_evidence e
    WHERE e.movement_id = movement.id AND e.source = 'statement' AND e.source_id <> told.source_id
)
