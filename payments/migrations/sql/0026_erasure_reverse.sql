-- squawk-ignore-file
DROP TRIGGER attempt_phone_indexed_once ON payments_payment_attempt;
CREATE TRIGGER attempt_phone_indexed_once BEFORE UPDATE ON payments_payment_attempt
    FOR EACH ROW WHEN (OLD.phone_index IS DISTINCT FROM NEW.phone_index
                       AND OLD.phone_index IS NOT NULL)
    EXECUTE FUNCTION payments_frozen();
DROP TRIGGER attempt_frozen_once_asked ON payments_payment_attempt;
CREATE TRIGGER attempt_frozen_once_asked BEFORE UPDATE ON payments_payment_attempt
    FOR EACH ROW WHEN (
        (OLD.id, OLD.key, OLD.bill_id, OLD.rail_id, OLD.phone, OLD.currency, OLD.amount_minor,
         OLD.created_at)
        IS DISTINCT FROM
        (NEW.id, NEW.key, NEW.bill_id, NEW.rail_id, NEW.phone, NEW.currency, NEW.amount_minor,
         NEW.created_at)
    )
    EXECUTE FUNCTION payments_frozen();
DROP FUNCTION payments_attempt_is_emptied(payments_payment_attempt, payments_payment_attempt);
