-- Out: lines whose charge is taken while their bill has ended, or the other way. Locks: none.
SELECT line.id, line.live, b.state
FROM payments_bill_line line
JOIN payments_bill b ON b.id = line.bill_id
WHERE line.live <> (b.state IN ('OPEN', 'PART_PAID', 'PAID', 'OWED'))
