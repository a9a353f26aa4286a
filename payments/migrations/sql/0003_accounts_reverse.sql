ALTER TABLE payments_rail DROP COLUMN tariff, DROP COLUMN accounts;
DROP INDEX ledger_account_of_the_house_once;
ALTER TABLE payments_ledger_account
    DROP CONSTRAINT ledger_account_role_has_its_owner,
    ADD CONSTRAINT ledger_account_role_has_its_owner CHECK (
        CASE role
            WHEN 'clearing' THEN kind = 'asset'
                AND rail_id IS NOT NULL AND beneficiary_id IS NULL
            WHEN 'suspense' THEN kind = 'liability'
                AND rail_id IS NOT NULL AND beneficiary_id IS NULL
            WHEN 'charges' THEN kind = 'expense'
                AND rail_id IS NOT NULL AND beneficiary_id IS NULL
            WHEN 'payable' THEN kind = 'liability'
                AND rail_id IS NULL AND beneficiary_id IS NOT NULL
            ELSE false
        END
    );
