-- What registers said to answers, said again by PostgreSQL.
-- In: rows written by applications.operations.looking_up. Out: an exception that names the rule.
-- Locks: the row of the case, shared, so that it is not sent in meanwhile.
-- squawk-ignore-file

-- A register is asked about a draft: what was sent in stands as it was judged.
CREATE FUNCTION applications_lookup_of_a_draft() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM applications_application a
    WHERE a.id = NEW.application_id AND a.status = 'DRAFT' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'case %: a register is asked about drafts only', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lookup_of_a_draft';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lookup_of_a_draft BEFORE INSERT ON applications_lookup
    FOR EACH ROW EXECUTE FUNCTION applications_lookup_of_a_draft();
