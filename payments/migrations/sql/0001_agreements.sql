-- What must agree when a transaction commits: bills with their lines and with what was allocated,
-- movements with what they were divided into. Each check is some lookups by index for one row that
-- was written; without scans, because a session keeps the plan that it made while the tables were
-- small.

-- A bill is paid by what was allocated to its lines, and by nothing else.
CREATE FUNCTION payments_check_paid() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    touched bigint;
BEGIN
    IF TG_TABLE_NAME = 'payments_bill' THEN
        touched := NEW.id;
    ELSE
        SELECT l.bill_id INTO touched FROM payments_bill_line l WHERE l.id = NEW.line_id;
    END IF;
    IF (SELECT b.paid_minor FROM payments_bill b WHERE b.id = touched) <> (
        SELECT coalesce(sum((
            SELECT sum(a.amount_minor) FROM payments_allocation a WHERE a.line_id = l.id
        )), 0)
        FROM payments_bill_line l WHERE l.bill_id = touched
    ) THEN
        RAISE EXCEPTION 'bill %: what is paid is not what was allocated', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bill_paid_is_allocated';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bill_paid_is_allocated AFTER INSERT OR UPDATE OF paid_minor
    ON payments_bill DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_paid();
CREATE CONSTRAINT TRIGGER bill_paid_is_allocated AFTER INSERT
    ON payments_allocation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_paid();

-- A bill's charges are taken while it is in force and free as soon as it is not.
CREATE FUNCTION payments_check_live() RETURNS trigger LANGUAGE plpgsql
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
            SELECT b.state IN ('OPEN', 'PART_PAID', 'PAID') FROM payments_bill b
            WHERE b.id = touched
        )
    ) THEN
        RAISE EXCEPTION 'bill %: its lines are not live as it is', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_live_as_its_bill';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER line_live_as_its_bill AFTER UPDATE OF state
    ON payments_bill DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION payments_check_live();
CREATE CONSTRAINT TRIGGER line_live_as_its_bill AFTER INSERT OR UPDATE OF live
    ON payments_bill_line DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_live();

-- What came in is posted, and stands on bill lines or in suspense to the last unit. What goes out
-- (the other legs) is not divided.
CREATE FUNCTION payments_check_movement() RETURNS trigger LANGUAGE plpgsql
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
    ON payments_movement DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_movement();
CREATE CONSTRAINT TRIGGER movement_is_divided AFTER INSERT
    ON payments_allocation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_movement();
CREATE CONSTRAINT TRIGGER movement_is_divided AFTER INSERT
    ON payments_suspense_item DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_movement();
