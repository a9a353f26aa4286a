-- Out: refunds that were asked for or decided by whoever was billed: her login is the payer's, or
-- her person was reached at the payer's contact by then. Declined ones gave her nothing. Locks: none.
SELECT f.id, f.state
FROM payments_refund f
JOIN payments_bill b ON b.id = f.bill_id
CROSS JOIN LATERAL (
    VALUES (f.maker_id, f.requested_at), (f.checker_id, f.decided_at)
) who (account_id, at)
JOIN accounts_account a ON a.id = who.account_id
WHERE f.state <> 'DECLINED'
  AND (a.contact_id = b.payer_contact_id OR EXISTS (
        SELECT FROM accounts_personcontact reached
        WHERE reached.contact_id = b.payer_contact_id AND reached.person_id = a.person_id
          AND reached.from_at <= who.at
    ))
