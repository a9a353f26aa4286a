-- The chart of accounts for every leg: what providers keep, refunds and sweeps on their way, money
-- that left and that nobody ordered, remittances and what a beneficiary owes back.
--
-- One transaction, while nothing is posted: each rule is replaced by a wider one and read at once.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid, require-concurrent-index-creation

ALTER TABLE payments_ledger_account
    DROP CONSTRAINT ledger_account_role_has_its_owner,
    ADD CONSTRAINT ledger_account_role_has_its_owner CHECK (
        CASE
            WHEN role IN ('clearing', 'refund_float', 'unexplained') THEN kind = 'asset'
                AND rail_id IS NOT NULL AND beneficiary_id IS NULL
            WHEN role IN ('suspense', 'refunds_in_transit') THEN kind = 'liability'
                AND rail_id IS NOT NULL AND beneficiary_id IS NULL
            WHEN role = 'charges' THEN kind = 'expense'
                AND (rail_id IS NULL) <> (beneficiary_id IS NULL)
            WHEN role IN ('payable', 'remittance_in_transit') THEN kind = 'liability'
                AND rail_id IS NULL AND beneficiary_id IS NOT NULL
            WHEN role = 'owed_back' THEN kind = 'asset'
                AND rail_id IS NULL AND beneficiary_id IS NOT NULL
            WHEN role = 'sweeps_in_transit' THEN kind = 'asset'
                AND rail_id IS NULL AND beneficiary_id IS NULL
            ELSE false
        END
    );
CREATE UNIQUE INDEX ledger_account_of_the_house_once
    ON payments_ledger_account (role, currency)
    WHERE rail_id IS NULL AND beneficiary_id IS NULL;

-- A rail's numbers at its provider (a statement names one), and what the provider keeps of what.
ALTER TABLE payments_rail
    ADD COLUMN accounts jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN tariff jsonb NOT NULL DEFAULT '{}';
