-- What was paid can be taken back: a bill's paid amount may fall, a paid bill reopens, and one
-- whose service was given is owed. `bill_paid_is_allocated` still ties each change to money.

ALTER TABLE payments_bill ADD COLUMN takes_parts boolean NOT NULL DEFAULT false;

ALTER TABLE payments_bill
    DROP CONSTRAINT bill_state_agrees_with_paid,
    ADD CONSTRAINT bill_state_agrees_with_paid CHECK (
        CASE state
            WHEN 'PAID' THEN paid_minor = total_minor
            WHEN 'PART_PAID' THEN paid_minor > 0 AND paid_minor < total_minor
            WHEN 'EXPIRED' THEN paid_minor < total_minor
            WHEN 'OWED' THEN paid_minor < total_minor
            WHEN 'OPEN' THEN paid_minor = 0
            WHEN 'CANCELLED' THEN paid_minor = 0
            WHEN 'REPLACED' THEN paid_minor = 0
            ELSE false
        END
    );

CREATE OR REPLACE TRIGGER bill_frozen_once_issued BEFORE UPDATE ON payments_bill
    FOR EACH ROW WHEN (
        (OLD.id, OLD.key, OLD.reference, OLD.currency, OLD.total_minor, OLD.issued_at)
        IS DISTINCT FROM
        (NEW.id, NEW.key, NEW.reference, NEW.currency, NEW.total_minor, NEW.issued_at)
        OR (OLD.successor_id IS NOT NULL AND OLD.successor_id IS DISTINCT FROM NEW.successor_id)
        OR (NEW.revivable AND NOT OLD.revivable)
    )
    EXECUTE FUNCTION payments_frozen();

CREATE OR REPLACE FUNCTION payments_check_live() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    touched bigint;
BEGIN
    IF TG_TABLE_NAME = 'payments_bill' THEN
        touched := NEW.id;
    ELSE
        touched := NEW.bill_id;
    END IF;
    IF EXISTS (
        SELECT FROM payments_bill_line l
        WHERE l.bill_id = touched AND l.live <> (
            SELECT b.state IN ('OPEN', 'PART_PAID', 'PAID', 'OWED') FROM payments_bill b
            WHERE b.id = touched
        )
    ) THEN
        RAISE EXCEPTION 'bill %: its lines are not live as it is', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_live_as_its_bill';
    END IF;
    RETURN NULL;
END $$;
