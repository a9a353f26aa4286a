-- Out: beneficiaries to whom less than nothing is payable, by more than what has left us for them; and
-- remittances in transit that are below nothing. Locks: none.
--
-- What was taken back of money that is on its way or has arrived stands as a debt in what is
-- payable, until the next batch takes it off.
WITH paid AS (
    SELECT m.remittance_id, m.currency, m.amount_minor
    FROM payments_movement m WHERE m.leg = 'remittance'
    UNION ALL
    SELECT e.remittance_id, w.currency, w.amount_minor
    FROM payments_explanation e JOIN payments_movement w ON w.id = e.movement_id
    WHERE e.approved AND e.answer = 'remittance'
    UNION ALL
    -- What its bank has sent back.
    SELECT l.remittance_id, l.currency, -l.amount_minor
    FROM payments_release l WHERE l.approved AND l.kind = 'returned'
),
remitted AS (
    SELECT batch.beneficiary_id, paid.currency, sum(paid.amount_minor) AS remitted_minor
    FROM paid JOIN payments_remittance batch ON batch.id = paid.remittance_id
    GROUP BY batch.beneficiary_id, paid.currency
),
owed AS (
    SELECT account.beneficiary_id, account.currency,
        coalesce(-sum(p.amount_minor) FILTER (WHERE account.role = 'payable'), 0) AS payable_minor,
        coalesce(-sum(p.amount_minor) FILTER (WHERE account.role = 'remittance_in_transit'), 0)
            AS in_transit_minor
    FROM payments_ledger_account account
    JOIN payments_posting p ON p.account_id = account.id
    WHERE account.role IN ('payable', 'remittance_in_transit')
    GROUP BY account.beneficiary_id, account.currency
)
SELECT beneficiary_id, currency, owed.payable_minor, owed.in_transit_minor
FROM owed
LEFT JOIN remitted USING (beneficiary_id, currency)
WHERE owed.payable_minor + owed.in_transit_minor + coalesce(remitted.remitted_minor, 0) < 0
    OR owed.in_transit_minor < 0
