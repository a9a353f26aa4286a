-- In:    movement_id[]: collections out of which money is to be taken.
-- Out:   nothing of interest.
-- Locks: those movements FOR NO KEY UPDATE, in the order of their ids; by a function, because the
--        application has no right to UPDATE them.
SELECT payments_hold_movements(%(movement_id)s::bigint[])
