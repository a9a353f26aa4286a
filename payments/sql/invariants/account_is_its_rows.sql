-- Out: accounts, by role, owner and currency, whose balance is not what its rows say. Locks: none.
--
-- Debit is positive. The rows of a rail's clearing and refund float are all its movements and what
-- its float was filled with from sweeps in transit; those of charges and of sweeps in transit are
-- known by currency only: a tariff says who bears the first.
WITH kept AS (
    SELECT m.*, CASE WHEN m.leg IN ('credit', 'transfer') THEN 1 ELSE -1 END AS sign
    FROM payments_movement m
),
explained AS (
    SELECT e.answer, e.remittance_id, w.rail_id, w.currency, w.amount_minor
    FROM payments_explanation e JOIN payments_movement w ON w.id = e.movement_id
    WHERE e.approved
),
-- On its way by its batch, until its bank has paid it, or it has come to nothing or come back.
remitted AS (
    SELECT r.beneficiary_id, r.currency, r.amount_minor
    FROM payments_remittance r
    WHERE r.state IN ('APPROVED', 'SENT', 'ACKNOWLEDGED', 'CONFIRMED')
),
paid AS (
    SELECT kept.remittance_id, kept.currency, kept.amount_minor
    FROM kept WHERE kept.leg = 'remittance'
    UNION ALL
    SELECT explained.remittance_id, explained.currency, explained.amount_minor
    FROM explained WHERE explained.answer = 'remittance'
    UNION ALL
    SELECT l.remittance_id, l.currency, -l.amount_minor
    FROM payments_release l WHERE l.approved AND l.kind = 'returned'
),
rows_say AS (
    SELECT 'held by the provider' AS role, kept.rail_id AS owner_id, kept.currency,
        kept.sign * kept.amount_minor AS amount_minor
    FROM kept
    UNION ALL
    SELECT 'held by the provider', t.rail_id, t.currency, t.amount_minor
    FROM payments_float_top_up t WHERE t.confirmed_at IS NOT NULL
    UNION ALL
    SELECT 'sweeps_in_transit', NULL, t.currency, -t.amount_minor
    FROM payments_float_top_up t WHERE t.confirmed_at IS NOT NULL
    UNION ALL
    SELECT 'suspense', m.rail_id, s.currency, -s.amount_minor
    FROM payments_suspense_item s JOIN payments_movement m ON m.id = s.movement_id
    UNION ALL
    SELECT 'payable', line.beneficiary_id, line.currency, -a.amount_minor
    FROM payments_allocation a JOIN payments_bill_line line ON line.id = a.line_id
    UNION ALL
    SELECT 'refunds_in_transit', m.rail_id, f.currency, -f.amount_minor
    FROM payments_refund f JOIN payments_movement m ON m.id = f.movement_id
    WHERE f.state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE')
    UNION ALL
    SELECT 'refunds_in_transit', kept.rail_id, kept.currency, kept.amount_minor
    FROM kept WHERE kept.leg = 'payout'
    UNION ALL
    SELECT 'unexplained', kept.rail_id, kept.currency, kept.amount_minor
    FROM kept WHERE kept.leg = 'withdrawal'
    UNION ALL
    SELECT 'unexplained', explained.rail_id, explained.currency, -explained.amount_minor
    FROM explained
    UNION ALL
    SELECT 'refunds_in_transit', explained.rail_id, explained.currency, explained.amount_minor
    FROM explained WHERE explained.answer = 'refund'
    UNION ALL
    SELECT 'losses', explained.rail_id, explained.currency, explained.amount_minor
    FROM explained WHERE explained.answer = 'loss'
    UNION ALL
    SELECT 'charges', NULL, explained.currency, explained.amount_minor
    FROM explained WHERE explained.answer = 'charge'
    UNION ALL
    SELECT 'sweeps_in_transit', NULL, explained.currency, explained.amount_minor
    FROM explained WHERE explained.answer IN ('sweep', 'returned')
    UNION ALL
    SELECT 'sweeps_in_transit', NULL, l.currency, -l.amount_minor
    FROM payments_release l WHERE l.approved AND l.kind = 'arrived'
    UNION ALL
    SELECT 'payable', remitted.beneficiary_id, remitted.currency, remitted.amount_minor
    FROM remitted
    UNION ALL
    SELECT 'remittance_in_transit', remitted.beneficiary_id, remitted.currency,
        -remitted.amount_minor
    FROM remitted
    UNION ALL
    SELECT 'remittance_in_transit', batch.beneficiary_id, paid.currency, paid.amount_minor
    FROM paid JOIN payments_remittance batch ON batch.id = paid.remittance_id
    UNION ALL
    SELECT 'written_off', m.rail_id, l.currency, -l.amount_minor
    FROM payments_release l JOIN payments_movement m ON m.id = l.movement_id
    WHERE l.approved AND l.kind = 'write_off'
    UNION ALL
    SELECT 'unclaimed', NULL, l.currency, -l.amount_minor
    FROM payments_release l WHERE l.approved AND l.kind = 'unclaimed'
    UNION ALL
    SELECT 'charges', NULL, kept.currency, kept.amount_minor FROM kept WHERE kept.leg = 'charge'
    UNION ALL
    SELECT 'sweeps_in_transit', NULL, kept.currency, -kept.sign * kept.amount_minor
    FROM kept WHERE kept.leg IN ('sweep', 'transfer')
),
ledger_says AS (
    SELECT CASE
            WHEN account.role IN ('clearing', 'refund_float') THEN 'held by the provider'
            WHEN account.role = 'owed_back' THEN 'payable'
            ELSE account.role
        END AS role,
        CASE
            WHEN account.role IN ('charges', 'unclaimed') THEN NULL
            ELSE coalesce(account.rail_id, account.beneficiary_id)
        END AS owner_id,
        account.currency, p.amount_minor
    FROM payments_posting p
    JOIN payments_ledger_account account ON account.id = p.account_id
),
compared AS (
    SELECT r.role, r.owner_id, r.currency, r.amount_minor, 0 AS booked_minor FROM rows_say r
    UNION ALL
    SELECT l.role, l.owner_id, l.currency, 0, l.amount_minor FROM ledger_says l
)
SELECT role, owner_id, currency, sum(amount_minor) AS rows_minor, sum(booked_minor) AS booked_minor
FROM compared
GROUP BY role, owner_id, currency
HAVING sum(amount_minor) <> sum(booked_minor)
