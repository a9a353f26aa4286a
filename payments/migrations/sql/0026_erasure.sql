-- A payer's phone may be taken out of a prompt that is over, of a bill that takes no money any more.
-- In: rows of payments_payment_attempt. Out: the row, or an error. Locks: the table, briefly.
-- squawk-ignore-file

-- Nothing else of the row changes; the books tell of the money, and never told of the phone.
CREATE FUNCTION payments_attempt_is_emptied(
    was payments_payment_attempt, is_now payments_payment_attempt
) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT was.state NOT IN ('CREATED', 'SENDING', 'PENDING', 'UNKNOWN')
        AND is_now.phone_index IS NULL
        AND kernel_only_emptied(to_jsonb(was), to_jsonb(is_now), ARRAY['phone', 'phone_index'])
        AND EXISTS (
            SELECT FROM payments_bill b
            WHERE b.id = was.bill_id AND b.state NOT IN ('OPEN', 'PART_PAID', 'OWED')
        )
$$;

DROP TRIGGER attempt_frozen_once_asked ON payments_payment_attempt;
CREATE TRIGGER attempt_frozen_once_asked BEFORE UPDATE ON payments_payment_attempt
    FOR EACH ROW WHEN (
        (OLD.id, OLD.key, OLD.bill_id, OLD.rail_id, OLD.phone, OLD.currency, OLD.amount_minor,
         OLD.created_at)
        IS DISTINCT FROM
        (NEW.id, NEW.key, NEW.bill_id, NEW.rail_id, NEW.phone, NEW.currency, NEW.amount_minor,
         NEW.created_at)
        AND NOT payments_attempt_is_emptied(OLD, NEW)
    )
    EXECUTE FUNCTION payments_frozen();
DROP TRIGGER attempt_phone_indexed_once ON payments_payment_attempt;
CREATE TRIGGER attempt_phone_indexed_once BEFORE UPDATE ON payments_payment_attempt
    FOR EACH ROW WHEN (
        OLD.phone_index IS DISTINCT FROM NEW.phone_index AND OLD.phone_index IS NOT NULL
        AND NOT payments_attempt_is_emptied(OLD, NEW)
    )
    EXECUTE FUNCTION payments_frozen();
