-- squawk-ignore-file ban-drop-constraint, ban-drop-column

DROP TRIGGER refund_standing_frozen ON payments_refund;
DROP TRIGGER refund_compared_when_taken_up ON payments_refund;
DROP TRIGGER refund_compared_with_its_fee ON payments_refund;
DROP FUNCTION payments_compare_with_fee();
DROP FUNCTION payments_standing_of(bigint, bigint, text, text);
ALTER TABLE payments_refund
    DROP CONSTRAINT refund_against_its_fee_says_why,
    DROP CONSTRAINT refund_standing_known;
ALTER TABLE payments_refund DROP COLUMN standing;
ALTER TABLE payments_bill_line DROP CONSTRAINT bill_line_promise_is_known;
ALTER TABLE payments_bill_line DROP COLUMN returnable;
DROP FUNCTION payments_promise_ok(jsonb);
