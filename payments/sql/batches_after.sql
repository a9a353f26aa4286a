-- In which batches stands now what stood in one that came to nothing?
--
-- In:    remittance_id.
-- Out:   their ids, the oldest first.
-- Locks: none.
SELECT DISTINCT line.remittance_id
FROM payments_remittance_line_past past
JOIN payments_remittance_line line ON line.allocation_id = past.allocation_id
WHERE past.remittance_id = %(remittance_id)s::bigint
  AND line.remittance_id <> past.remittance_id
ORDER BY line.remittance_id
