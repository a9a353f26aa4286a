-- Out: batches that are not the sum of their lines, and allocations that both wait for a batch and
-- stand in one. Locks: none.
SELECT r.id AS remittance_id, NULL::bigint AS allocation_id
FROM payments_remittance r
LEFT JOIN payments_remittance_line line ON line.remittance_id = r.id
GROUP BY r.id
HAVING CASE
    WHEN r.state IN ('CANCELLED', 'FAILED', 'RETURNED') THEN count(line.allocation_id) <> 0
    ELSE coalesce(sum(line.amount_minor), 0) <> r.amount_minor
        OR count(line.allocation_id) <> r.allocations
END
UNION ALL
SELECT line.remittance_id, line.allocation_id
FROM payments_remittance_line line
JOIN payments_unremitted u ON u.allocation_id = line.allocation_id
