-- By which id does the ledger know a collection that is told by another of its ids?
--
-- In:    position[], rail_id[], external_id[]: ids as told.
-- Out:   position, the id that the ledger knows it by, its currency and amount, for those that are the other name of a
--        collection and no collection's own id.
-- Locks: none.
SELECT told.position, movement.external_id, movement.currency, movement.amount_minor
FROM unnest(%(position)s::int[], %(rail_id)s::bigint[], %(external_id)s::text[])
    told (position, rail_id, external_id)
JOIN payments_movement_alias alias
    ON alias.rail_id = told.rail_id AND alias.external_id = told.external_id
    AND alias.leg = 'credit'
JOIN payments_movement movement ON movement.id = alias.movement_id
WHERE NOT EXISTS (
    SELECT FROM payments_movement own
    WHERE own.rail_id = told.rail_id AND own.external_id = told.external_id
      AND own.leg = 'credit'
)
