-- Takes the lines of a batch that was paid after all out of the queue again.
--
-- In:    remittance_id (held; CONFIRMED), payable_id (held).
-- Out:   one row: how many of its lines waited there.
-- Locks: both are held before.
SELECT payments_take_lines_again(%(remittance_id)s::bigint, %(payable_id)s::bigint)::int
