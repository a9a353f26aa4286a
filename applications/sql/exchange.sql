-- What goes from one office to another, said again by PostgreSQL.
-- In: rows written by applications.operations.handing. Out: an exception that names the rule.
-- Locks: none beyond the rows that are written; whoever hands over, or acknowledges, holds the case.
-- squawk-ignore-file

-- It begins unacknowledged, and goes to an office that is open.
CREATE FUNCTION applications_handed_to_an_open_office() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.arrived_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM places_office o WHERE o.id = NEW.to_office_id AND o.active
    ) THEN
        RAISE EXCEPTION 'case %: it is handed to an open office, and arrives later',
            NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'handed_to_an_open_office';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER handed_to_an_open_office BEFORE INSERT ON applications_handover
    FOR EACH ROW EXECUTE FUNCTION applications_handed_to_an_open_office();

-- It arrives once, is as it was handed over, and whoever sent it does not say that it came, under
-- whatever account.
CREATE FUNCTION applications_arrival_by_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.arrived_at IS NOT NULL OR (
        to_jsonb(NEW) - ARRAY['told_at', 'arrived_by_id', 'arrived_at', 'arrived_note']
        <> to_jsonb(OLD) - ARRAY['told_at', 'arrived_by_id', 'arrived_at', 'arrived_note']
    ) THEN
        RAISE EXCEPTION 'hand-over %: it arrives once, as it was handed over', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_over_arrives_once';
    END IF;
    IF NEW.arrived_by_id IS NOT NULL
        AND applications_same_hands(NEW.by_id, NEW.arrived_by_id) THEN
        RAISE EXCEPTION 'hand-over %: who sent it does not say that it arrived', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'arrival_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER arrival_by_another BEFORE UPDATE ON applications_handover
    FOR EACH ROW EXECUTE FUNCTION applications_arrival_by_another();

-- A case on its way is in nobody's hands.
CREATE FUNCTION applications_case_on_its_way() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM applications_handover h
        WHERE h.application_id = NEW.id AND h.arrived_at IS NULL AND h.what = 'case'
    ) THEN
        RAISE EXCEPTION 'case % is on its way to another office', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_on_its_way';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_on_its_way BEFORE UPDATE OF officer_id ON applications_application
    FOR EACH ROW WHEN (
        NEW.officer_id IS NOT NULL AND NEW.officer_id IS DISTINCT FROM OLD.officer_id
    ) EXECUTE FUNCTION applications_case_on_its_way();

-- A paper on its way lies ready nowhere.
CREATE FUNCTION applications_paper_on_its_way() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM applications_handover h
        WHERE h.application_id = NEW.application_id AND h.arrived_at IS NULL AND h.what = 'paper'
    ) THEN
        RAISE EXCEPTION 'case %: its paper is on its way to another office', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_on_its_way';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_on_its_way BEFORE INSERT ON applications_statuschange
    FOR EACH ROW WHEN (NEW.target = 'READY_FOR_COLLECTION')
    EXECUTE FUNCTION applications_paper_on_its_way();

REVOKE UPDATE, DELETE, TRUNCATE ON applications_handover FROM guichet_application;
GRANT UPDATE (told_at, arrived_by_id, arrived_at, arrived_note)
    ON applications_handover TO guichet_application;
CREATE TRIGGER applications_handover_no_delete BEFORE DELETE ON applications_handover
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER applications_handover_no_truncate BEFORE TRUNCATE ON applications_handover
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only();
