DROP TABLE payments_claim;
DROP FUNCTION payments_check_claim();
DROP TRIGGER refund_by_hand_has_its_payee ON payments_refund;
DROP FUNCTION payments_check_by_hand();
DROP TABLE payments_payee;
DROP FUNCTION payments_check_payee();
DROP TRIGGER attempt_phone_indexed_once ON payments_payment_attempt;
-- squawk-ignore ban-drop-column
ALTER TABLE payments_payment_attempt DROP COLUMN phone_index;
DROP INDEX refund_by_state;
-- squawk-ignore ban-drop-column
ALTER TABLE payments_refund DROP COLUMN declined_for;
-- squawk-ignore ban-drop-column
ALTER TABLE payments_refund DROP COLUMN by_hand;
