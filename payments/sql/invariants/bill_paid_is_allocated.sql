-- Out: bills whose paid amount is not what their lines were allocated. Locks: none.
SELECT b.id, b.paid_minor, coalesce(sum(a.amount_minor), 0) AS allocated_minor
FROM payments_bill b
JOIN payments_bill_line line ON line.bill_id = b.id
LEFT JOIN payments_allocation a ON a.line_id = line.id
GROUP BY b.id, b.paid_minor
HAVING b.paid_minor <> coalesce(sum(a.amount_minor), 0)
