-- Out: bills that are PAID while a line is not, or the other way round. Locks: none.
SELECT b.id, b.state
FROM payments_bill b
JOIN (
    SELECT line.bill_id, bool_and(line.amount_minor <= coalesce(paid.amount_minor, 0)) AS is_paid
    FROM payments_bill_line line
    LEFT JOIN (
        SELECT a.line_id, sum(a.amount_minor) AS amount_minor
        FROM payments_allocation a GROUP BY a.line_id
    ) paid ON paid.line_id = line.id
    GROUP BY line.bill_id
) lines ON lines.bill_id = b.id
WHERE (b.state = 'PAID') <> lines.is_paid
