-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid, ban-drop-column
ALTER TABLE payments_suspense_item
    DROP CONSTRAINT suspense_reason_has_its_sign,
    ADD CONSTRAINT suspense_reason_has_its_sign CHECK (
        CASE
            WHEN reason IN (
                'UNKNOWN_REFERENCE', 'WRONG_CURRENCY', 'OVERPAID', 'ALREADY_PAID',
                'BILL_CANCELLED', 'BILL_REPLACED', 'BILL_EXPIRED', 'REFUND_FAILED'
            ) THEN amount_minor > 0
            WHEN reason IN ('REVERSED', 'REFUNDED', 'MATCHED') THEN amount_minor < 0
            ELSE false
        END
    );

DROP INDEX movement_pays_remittance_once;
ALTER TABLE payments_movement
    DROP CONSTRAINT movement_remittance_has_its_batch,
    DROP COLUMN remittance_id,
    DROP CONSTRAINT movement_leg_known,
    ADD CONSTRAINT movement_leg_known CHECK (leg IN (
        'credit', 'reversal', 'charge', 'payout', 'sweep', 'transfer', 'withdrawal'
    ));

DELETE FROM payments_ledger_account WHERE role IN ('losses', 'written_off', 'unclaimed');
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
