-- Gives the lines of a batch that came to nothing back to the queue, and keeps what they were.
--
-- In:    remittance_id (held; CANCELLED or FAILED), payable_id (held).
-- Out:   one row: how many lines.
-- Locks: both are held before.
SELECT payments_give_lines_back(%(remittance_id)s::bigint, %(payable_id)s::bigint)::int
