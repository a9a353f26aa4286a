DROP TRIGGER movement_is_divided ON payments_refund;
DROP TRIGGER refund_is_posted_as_it_is ON payments_refund;
DROP FUNCTION payments_check_refund_posted();
DROP TRIGGER original_is_divided ON payments_movement;
DROP TRIGGER share_agrees ON payments_suspense_item;
DROP TRIGGER share_agrees ON payments_allocation;
DROP FUNCTION payments_check_share();
DROP FUNCTION payments_check_division();
CREATE OR REPLACE FUNCTION payments_check_movement() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    touched bigint;
    brought_minor bigint;
BEGIN
    IF TG_TABLE_NAME = 'payments_movement' THEN
        touched := NEW.id;
    ELSE
        touched := NEW.movement_id;
    END IF;
    SELECT CASE m.leg WHEN 'credit' THEN m.amount_minor ELSE 0 END INTO brought_minor
    FROM payments_movement m WHERE m.id = touched;
    IF brought_minor > 0 AND NOT EXISTS (
        SELECT FROM payments_journal j WHERE j.kind = 'collection' AND j.subject_id = touched
    ) THEN
        RAISE EXCEPTION 'movement % has no journal', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_has_its_journal';
    END IF;
    IF brought_minor <> coalesce((
        SELECT sum(a.amount_minor) FROM payments_allocation a WHERE a.movement_id = touched
    ), 0) + coalesce((
        SELECT sum(s.amount_minor) FROM payments_suspense_item s WHERE s.movement_id = touched
    ), 0) THEN
        RAISE EXCEPTION 'movement % is not divided as it came', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_is_divided';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER movement_is_divided AFTER INSERT
    ON payments_suspense_item DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_movement();
CREATE CONSTRAINT TRIGGER movement_is_divided AFTER INSERT
    ON payments_allocation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_movement();
CREATE CONSTRAINT TRIGGER bill_paid_is_allocated AFTER INSERT
    ON payments_allocation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_paid();
