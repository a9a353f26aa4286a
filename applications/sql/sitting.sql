-- Whom a supervisor may give a case to, said again by PostgreSQL.
-- In: rows of applications_reassignment. Out: an exception that names the rule.
-- Locks: none; whoever reassigns holds the case.

-- Whoever refused it, or spoke as its second officer, does not get it back to decide; and the case
-- is with the officer whom the row names.
CREATE FUNCTION applications_reassigned_well() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM applications_statuschange c
        WHERE c.application_id = NEW.application_id
            AND c.source = 'UNDER_REVIEW' AND c.target = 'REFUSED'
            AND applications_same_hands(c.changed_by_id, NEW.to_officer_id)
    ) OR EXISTS (
        SELECT FROM applications_secondapproval s
        WHERE s.application_id = NEW.application_id
            AND applications_same_hands(s.second_id, NEW.to_officer_id)
    ) THEN
        RAISE EXCEPTION 'case %: the officer made an earlier step of it', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reassigned_to_no_maker';
    END IF;
    IF NOT EXISTS (
        SELECT FROM applications_application a
        WHERE a.id = NEW.application_id AND a.version = NEW.version
            AND a.officer_id = NEW.to_officer_id AND a.deciding_office_id = NEW.office_id
    ) THEN
        RAISE EXCEPTION 'case % is not with the officer', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reassigned_as_it_says';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reassigned_well BEFORE INSERT ON applications_reassignment
    FOR EACH ROW EXECUTE FUNCTION applications_reassigned_well();

-- An approval may be undone again where every order to sign its paper was taken back unsigned.
CREATE OR REPLACE FUNCTION documents_paper_abandoned() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.replaces_id IS NULL AND (
        OLD.state <> 'RENDERED'
        OR NOT EXISTS (SELECT FROM applications_undoneapproval u WHERE u.paper_id = NEW.id)
        OR EXISTS (
            SELECT FROM documents_mandateitem i
            LEFT JOIN documents_mandatewithdrawal w ON w.mandate_id = i.mandate_id
            WHERE i.paper_id = NEW.id AND w.id IS NULL
        )
    ) THEN
        RAISE EXCEPTION 'paper % is no reissue: it waits for its officer', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_abandoned_is_a_reissue';
    END IF;
    IF (to_jsonb(NEW) - 'state' - 'lease_until') <> (to_jsonb(OLD) - 'state' - 'lease_until') THEN
        RAISE EXCEPTION 'paper % is abandoned as it is', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_frozen';
    END IF;
    RETURN NEW;
END $$;
