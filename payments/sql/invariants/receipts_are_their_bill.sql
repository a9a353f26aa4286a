-- Out: payments of a bill whose receipts are not its total together. Locks: none.
SELECT r.bill_id, r.paid_at, sum(r.amount_minor) AS receipted_minor, b.total_minor
FROM payments_receipt r
JOIN payments_bill b ON b.id = r.bill_id
GROUP BY r.bill_id, r.paid_at, b.total_minor
HAVING sum(r.amount_minor) <> b.total_minor
