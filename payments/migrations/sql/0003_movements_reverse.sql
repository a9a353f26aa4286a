DROP TABLE payments_movement_alias;
DROP TRIGGER suspense_never_below_zero ON payments_suspense_item;
DROP FUNCTION payments_check_suspense();
DROP FUNCTION payments_hold_movements(bigint[]);
ALTER TABLE payments_suspense_item
    DROP CONSTRAINT suspense_reason_has_its_sign,
    ADD CONSTRAINT suspense_amount_positive CHECK (amount_minor > 0),
    ADD CONSTRAINT suspense_reason_known CHECK (reason IN (
        'UNKNOWN_REFERENCE', 'WRONG_CURRENCY', 'OVERPAID', 'ALREADY_PAID', 'BILL_CANCELLED',
        'BILL_REPLACED', 'BILL_EXPIRED'
    ));
DROP INDEX movement_pays_refund_once;
ALTER TABLE payments_movement
    DROP CONSTRAINT movement_payout_has_refund,
    DROP CONSTRAINT movement_reversal_has_original,
    ADD CONSTRAINT movement_reversal_has_original
        CHECK ((leg = 'reversal') = (original_id IS NOT NULL)),
    DROP CONSTRAINT movement_leg_known,
    ADD CONSTRAINT movement_leg_known
        CHECK (leg IN ('credit', 'reversal', 'charge', 'payout', 'sweep')),
    DROP COLUMN refund_id;
