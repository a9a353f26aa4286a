-- squawk-ignore-file
-- Who may apply for whom, and how sure we must be of her, whatever the code above does.
-- In:  rows of applications_application.
-- Out: the row, or an error with the constraint's name.
-- Locks: none beyond the row itself; persons, guardianships and versions of services are read.

-- The day is that of UTC, which is never later than what the code asks by the country's zone east
-- of it; the code is the stricter one.
CREATE FUNCTION applications_guardian_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (TG_OP = 'UPDATE' AND NEW.guardian_id IS DISTINCT FROM OLD.guardian_id) THEN
        RAISE EXCEPTION 'case %: who applied for its holder does not change', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_guardian_unchanged';
    END IF;
    IF (TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM accounts_guardianship g
        WHERE g.guardian_id = NEW.guardian_id AND g.ward_id = NEW.holder_id AND g.approved
            AND g.decided_at <= NEW.created_at
            AND g.until_on > (NEW.created_at AT TIME ZONE 'UTC')::date
            AND (g.ended_at IS NULL OR g.ended_at > NEW.created_at)
    )) THEN
        RAISE EXCEPTION 'nobody applies for somebody whose parent or guardian she is not'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_of_a_ward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_of_a_ward BEFORE INSERT ON applications_application
    FOR EACH ROW WHEN (NEW.guardian_id IS NOT NULL)
    EXECUTE FUNCTION applications_guardian_rules();
CREATE TRIGGER case_guardian_unchanged BEFORE UPDATE OF guardian_id ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_guardian_rules();

-- As catalogue.definition.Definition.assurance_wanted says it.
CREATE FUNCTION applications_sure_enough() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ranks constant text[] := ARRAY['phone', 'matched', 'met'];
    wanted text := (
        SELECT coalesce(
            nullif(v.definition ->> 'assurance', ''),
            CASE WHEN coalesce(v.definition #>> '{output,register}', '') = '' THEN 'phone'
                ELSE 'matched' END
        )
        FROM catalogue_serviceversion v WHERE v.id = NEW.service_version_id
    );
    held text := (
        SELECT p.assurance FROM accounts_person p
        WHERE p.id = coalesce(NEW.guardian_id, NEW.holder_id)
    );
BEGIN
    IF (array_position(ranks, held) < array_position(ranks, wanted)) THEN
        RAISE EXCEPTION 'case %: its service wants to be surer of who applies', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_of_a_sure_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_of_a_sure_person BEFORE UPDATE OF status ON applications_application
    FOR EACH ROW WHEN (OLD.status = 'DRAFT' AND NEW.status IN ('AWAITING_PAYMENT', 'PAID'))
    EXECUTE FUNCTION applications_sure_enough();

-- A parent or guardian has an interest in the case of her child or ward, also when that has ended.
CREATE OR REPLACE FUNCTION applications_has_interest(
    account bigint, holder bigint, applicant bigint
) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT account = applicant OR EXISTS (
        SELECT FROM accounts_account a
        WHERE a.id = account AND (a.person_id = holder OR a.person_id IS NULL OR EXISTS (
            SELECT FROM accounts_guardianship g
            WHERE g.guardian_id = a.person_id AND g.ward_id = holder AND g.approved
        ))
    )
$$;
