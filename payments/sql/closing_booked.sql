-- Out: what a day's journals post, by the rail that one of their lines stands on (NULL: none), by
--      kind, role and beneficiary (NULL: none) in each currency; debit positive.
-- In:  day. Locks: none.
--
-- A journal stands on one rail at the most, and not always by its first line: what nobody claimed
-- goes from a rail's suspense to the treasury's own account.
SELECT line.rail_id, line.kind, line.role, line.beneficiary_id, line.currency,
    sum(line.amount_minor)::bigint
FROM (
    SELECT j.kind, a.role, a.beneficiary_id, a.currency, p.amount_minor,
        max(a.rail_id) OVER (PARTITION BY j.id) AS rail_id
    FROM payments_journal j
    JOIN payments_posting p ON p.journal_id = j.id
    JOIN payments_ledger_account a ON a.id = p.account_id
    WHERE j.business_day = %(day)s::date
) line
GROUP BY line.rail_id, line.kind, line.role, line.beneficiary_id, line.currency
