-- Out: paid bills one of whose beneficiaries has no receipt of the payment, although no news of it
--      is under way any more. Locks: none.
--
-- Receipts follow the news of the payment: until it is handled, or where it waits to be tried again,
-- nothing is missing yet. What was set aside has been handled.
SELECT DISTINCT b.id AS bill_id, l.beneficiary_id, b.paid_at
FROM payments_bill b
JOIN payments_bill_line l ON l.bill_id = b.id
WHERE b.state = 'PAID'
  AND NOT EXISTS (
      SELECT FROM payments_receipt r
      WHERE r.bill_id = b.id AND r.beneficiary_id = l.beneficiary_id AND r.paid_at = b.paid_at
  )
  AND b.id NOT IN (
      SELECT (e.payload ->> 'subject_id')::bigint
      FROM kernel_event e
      WHERE e.name = 'payments.bill.paid'
        AND (
            (e.relayed_at IS NULL AND e.parked_at IS NULL)
            OR EXISTS (
                SELECT FROM kernel_delivery d WHERE d.event_id = e.id AND d.state = 'PENDING'
            )
        )
  )
