-- How much money has one pair of hands made on a rail by statements that she brought herself?
--
-- In:    rail_id, by_id, since.
-- Out:   one sum in minor units, of what no other person confirmed.
-- Locks: none; the rail is held.
SELECT payments_made_by_hand(%(rail_id)s::bigint, %(by_id)s::bigint, %(since)s::timestamptz)
