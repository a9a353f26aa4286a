-- squawk-ignore-file
-- Two accounts that share a phone are one pair of hands too (accounts/sql/hands.sql).
-- In: two accounts, or a row of applications_call. Out: whether what takes two people would be done
-- by one; the row, or an error with the constraint's name. Locks: none beyond the row.

CREATE OR REPLACE FUNCTION applications_same_hands(one bigint, other bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT accounts_same_hands(one, other)
$$;

-- Whoever helped with a case, has an interest in it by her own word or a supervisor's, or is family
-- of its holder or guardian by the population register, neither holds nor decides it.
CREATE OR REPLACE FUNCTION applications_helped(application bigint, account bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM applications_assistance h
        WHERE h.application_id = application AND applications_same_hands(h.helper_id, account)
    ) OR EXISTS (
        SELECT FROM applications_transfer t
        WHERE t.application_id = application AND t.reason_code = 'conflict'
            AND t.by_id = t.from_officer_id AND applications_same_hands(t.by_id, account)
    ) OR EXISTS (
        SELECT FROM applications_reassignment r
        WHERE r.application_id = application AND r.reason_code = 'conflict'
            AND applications_same_hands(r.from_officer_id, account)
    ) OR EXISTS (
        SELECT FROM applications_application a
        JOIN accounts_person p ON p.id IN (a.holder_id, a.guardian_id)
        JOIN registers_relative r ON r.person_index = p.national_id_index
        JOIN registers_family f ON f.id = r.family_id
        JOIN accounts_account c ON c.person_id = f.person
        WHERE a.id = application AND c.id = account
    )
$$;

-- A call is answered for once; what it is about stays.
CREATE FUNCTION applications_call_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (OLD.done_at IS NOT NULL OR NEW.tries <> OLD.tries + 1) THEN
        RAISE EXCEPTION 'call %: it is done, or not tried once more', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'call_answered_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER call_answered_once BEFORE UPDATE ON applications_call
    FOR EACH ROW EXECUTE FUNCTION applications_call_rules();

REVOKE UPDATE, DELETE, TRUNCATE ON applications_call FROM guichet_application;
GRANT UPDATE (tries, by_id, tried_at, result, done_at) ON applications_call TO guichet_application;
