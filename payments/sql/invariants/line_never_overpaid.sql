-- Out: bill lines that were given more than they ask, or less than nothing. Locks: none.
SELECT line.id, line.amount_minor, sum(a.amount_minor) AS allocated_minor
FROM payments_bill_line line
JOIN payments_allocation a ON a.line_id = line.id
GROUP BY line.id, line.amount_minor
HAVING sum(a.amount_minor) NOT BETWEEN 0 AND line.amount_minor
