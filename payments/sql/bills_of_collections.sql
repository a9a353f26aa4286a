-- Which bills do collections pay, that debits take back?
--
-- In:    position[], rail_id[], original_id[] (external id of a collection).
-- Out:   position, bill; none for a collection that nobody has told of or that pays no bill.
-- Locks: none; the bills of collections that are known are held before.
SELECT DISTINCT told.position, line.bill_id
FROM unnest(%(position)s::int[], %(rail_id)s::bigint[], %(original_id)s::text[])
    told (position, rail_id, original_id)
JOIN payments_movement movement
    ON movement.rail_id = told.rail_id AND movement.external_id = told.original_id
    AND movement.leg = 'credit'
JOIN payments_allocation allocation ON allocation.movement_id = movement.id
JOIN payments_bill_line line ON line.id = allocation.line_id
