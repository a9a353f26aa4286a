-- squawk-ignore-file
-- The rules of guardians, meetings, phones and their changes, kept by PostgreSQL whatever the code does.
-- In:  rows of accounts_guardianship, accounts_meeting, accounts_phonechange, accounts_person,
--      accounts_personcontact.
-- Out: the row, or an error with the constraint's name.
-- Locks: the row itself; the person of a phone that is bound.

UPDATE accounts_person SET assurance = 'met' WHERE assurance = 'counter';

-- One person under two accounts is one pair of hands.
CREATE FUNCTION accounts_is_person(account bigint, VARIADIC persons bigint[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM accounts_account a WHERE a.id = account AND a.person_id = ANY (persons)
    )
$$;

-- The phone that is bound to a person now, or null.
CREATE FUNCTION accounts_phone_of(person bigint) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT b.contact_id FROM accounts_personcontact b
    JOIN accounts_contactpoint c ON c.id = b.contact_id
    WHERE b.person_id = person AND b.until_at IS NULL AND c.kind = 'phone'
    ORDER BY b.from_at DESC, b.id DESC LIMIT 1
$$;

CREATE FUNCTION accounts_guardian_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (TG_OP = 'UPDATE') THEN
        IF (NEW.guardian_id, NEW.ward_id, NEW.kind, NEW.until_on, NEW.proof_sha256, NEW.area_code,
            NEW.asked_by_id, NEW.asked_at)
           IS DISTINCT FROM
           (OLD.guardian_id, OLD.ward_id, OLD.kind, OLD.until_on, OLD.proof_sha256, OLD.area_code,
            OLD.asked_by_id, OLD.asked_at)
           OR (OLD.decided_at IS NOT NULL AND
               (NEW.approved, NEW.decided_by_id, NEW.decided_at, NEW.note)
               IS DISTINCT FROM (OLD.approved, OLD.decided_by_id, OLD.decided_at, OLD.note))
           OR OLD.ended_at IS NOT NULL THEN
            RAISE EXCEPTION 'a guardianship is asked for, decided and ended once each'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'guardian_unchanged';
        END IF;
    END IF;
    IF (NEW.decided_by_id IS NOT NULL
        AND accounts_is_person(NEW.decided_by_id, NEW.guardian_id, NEW.ward_id)) THEN
        RAISE EXCEPTION 'nobody decides that she is a guardian, or has one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'guardian_decided_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_guardian_rules BEFORE INSERT OR UPDATE ON accounts_guardianship
    FOR EACH ROW EXECUTE FUNCTION accounts_guardian_rules();

CREATE FUNCTION accounts_meeting_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (accounts_is_person(NEW.by_id, NEW.person_id)) THEN
        RAISE EXCEPTION 'nobody meets herself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_with_another';
    END IF;
    IF (NEW.contact_id IS DISTINCT FROM accounts_phone_of(NEW.person_id)) THEN
        RAISE EXCEPTION 'person %: met as the holder of another phone than hers', NEW.person_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_of_the_bound_phone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_meeting_rules BEFORE INSERT ON accounts_meeting
    FOR EACH ROW EXECUTE FUNCTION accounts_meeting_rules();

CREATE FUNCTION accounts_met_was_met() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NOT EXISTS (
        SELECT FROM accounts_meeting m WHERE m.person_id = NEW.id
        AND m.contact_id IS NOT DISTINCT FROM accounts_phone_of(NEW.id)
    )) THEN
        RAISE EXCEPTION 'person %: nobody has met her', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'met_person_was_met';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_met_was_met BEFORE UPDATE OF assurance ON accounts_person
    FOR EACH ROW WHEN (NEW.assurance = 'met' AND OLD.assurance <> 'met')
    EXECUTE FUNCTION accounts_met_was_met();

CREATE FUNCTION accounts_phone_change_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (TG_OP = 'UPDATE') THEN
        IF (NEW.person_id, NEW.old_contact_id, NEW.new_contact_id, NEW.at_counter, NEW.document,
            NEW.asked_by_id, NEW.asked_at)
           IS DISTINCT FROM
           (OLD.person_id, OLD.old_contact_id, OLD.new_contact_id, OLD.at_counter, OLD.document,
            OLD.asked_by_id, OLD.asked_at)
           OR (OLD.proven_at IS NOT NULL AND (NEW.proven_at, NEW.effective_at)
               IS DISTINCT FROM (OLD.proven_at, OLD.effective_at))
           OR (OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_at, NEW.confirmed_by_id)
               IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by_id))
           OR OLD.done_at IS NOT NULL OR OLD.stopped_at IS NOT NULL THEN
            RAISE EXCEPTION 'a change of phone is asked for, proven, confirmed and done once each'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'phone_change_unchanged';
        END IF;
    END IF;
    IF (NEW.at_counter AND (
        accounts_is_person(NEW.asked_by_id, NEW.person_id)
        OR accounts_is_person(NEW.confirmed_by_id, NEW.person_id)
        OR EXISTS (
            SELECT FROM accounts_account a JOIN accounts_account b ON a.person_id = b.person_id
            WHERE a.id = NEW.asked_by_id AND b.id = NEW.confirmed_by_id
        )
    )) THEN
        RAISE EXCEPTION 'two officers mend the phone of a third person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'phone_change_different_people';
    END IF;
    IF (NOT NEW.at_counter AND NEW.confirmed_by_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM accounts_account a
        WHERE a.id = NEW.confirmed_by_id AND a.contact_id = NEW.old_contact_id
    )) THEN
        RAISE EXCEPTION 'the old phone alone hurries what she asked for herself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'phone_change_by_the_old_phone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_phone_change_rules BEFORE INSERT OR UPDATE ON accounts_phonechange
    FOR EACH ROW EXECUTE FUNCTION accounts_phone_change_rules();

-- A person has one phone. One who was met is not met on another that she was not given by two
-- officers: whoever knows her number and birthday binds it.
CREATE FUNCTION accounts_person_contact_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.until_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM accounts_contactpoint c WHERE c.id = NEW.contact_id AND c.kind = 'phone'
    )) THEN
        RETURN NEW;
    END IF;
    -- Two at once wait here for each other.
    PERFORM 1 FROM accounts_person p WHERE p.id = NEW.person_id FOR NO KEY UPDATE;
    IF (EXISTS (
        SELECT FROM accounts_personcontact b JOIN accounts_contactpoint c ON c.id = b.contact_id
        WHERE b.person_id = NEW.person_id AND b.contact_id <> NEW.contact_id
        AND b.until_at IS NULL AND c.kind = 'phone'
    )) THEN
        RAISE EXCEPTION 'person %: reached at another phone', NEW.person_id
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'person_reached_at_one_phone';
    END IF;
    UPDATE accounts_person SET assurance = 'matched'
    WHERE id = NEW.person_id AND assurance = 'met' AND NOT EXISTS (
        SELECT FROM accounts_phonechange m
        WHERE m.person_id = NEW.person_id AND m.new_contact_id = NEW.contact_id
        AND m.at_counter AND m.done_at = NEW.from_at
    );
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_person_contact_rules BEFORE INSERT OR UPDATE ON accounts_personcontact
    FOR EACH ROW EXECUTE FUNCTION accounts_person_contact_rules();

REVOKE DELETE, TRUNCATE ON accounts_guardianship, accounts_phonechange FROM guichet_application;
