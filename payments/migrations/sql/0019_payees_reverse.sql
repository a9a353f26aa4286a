DROP TABLE payments_claim;
DROP FUNCTION payments_check_claim();
CREATE OR REPLACE FUNCTION payments_check_refund_posted() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    now_state text;
BEGIN
    SELECT f.state INTO now_state FROM payments_refund f WHERE f.id = NEW.id;
    IF (now_state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE', 'FAILED'))
        <> EXISTS (
            SELECT FROM payments_journal j WHERE j.kind = 'refund' AND j.subject_id = NEW.id
        )
        OR (now_state = 'FAILED') <> EXISTS (
            SELECT FROM payments_journal j
            WHERE j.kind = 'refund_returned' AND j.subject_id = NEW.id
        )
    THEN
        RAISE EXCEPTION 'refund % is % and its journals say otherwise', NEW.id, now_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_is_posted_as_it_is';
    END IF;
    IF now_state = 'DONE'
        AND NOT EXISTS (SELECT FROM payments_movement m WHERE m.refund_id = NEW.id)
    THEN
        RAISE EXCEPTION 'refund % is done and was not paid out', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_done_is_paid_out';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER refund_by_hand_has_its_payee ON payments_refund;
DROP FUNCTION payments_check_by_hand();
DROP TABLE payments_payee;
DROP FUNCTION payments_check_payee();
DROP TRIGGER attempt_phone_indexed_once ON payments_payment_attempt;
-- squawk-ignore ban-drop-column
ALTER TABLE payments_payment_attempt DROP COLUMN phone_index;
DROP INDEX refund_by_state;
-- squawk-ignore ban-drop-column
ALTER TABLE payments_refund DROP CONSTRAINT refund_ended_by_hand, DROP COLUMN ended_by_id;
-- squawk-ignore ban-drop-column
ALTER TABLE payments_refund DROP COLUMN declined_for;
-- squawk-ignore ban-drop-column
ALTER TABLE payments_refund DROP COLUMN by_hand;
