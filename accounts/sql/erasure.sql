-- Who is to be forgotten, said again by PostgreSQL: two people, a waiting time, and no way back after.
-- In:  rows of accounts_erasure, and of the tables that name a person.
-- Out: the row, or an error with the constraint's name.
-- Locks: none beyond the rows that are written.
-- squawk-ignore-file

-- While this holds, and no longer, what names her may be emptied, here and on the floors above.
CREATE FUNCTION accounts_is_erasing(person bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM accounts_erasure e WHERE e.person_id = person AND e.state = 'RUNNING'
    )
$$;

CREATE FUNCTION accounts_is_erased(person bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM accounts_erasure e
        WHERE e.person_id = person AND e.state IN ('RUNNING', 'DONE')
    )
$$;

CREATE FUNCTION accounts_erasure_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    once text[] := ARRAY['decided_by_id', 'decided_at', 'due_at', 'tombstone_id', 'begun_at'];
    free text[] := ARRAY['state', 'because', 'stopped_by_id', 'ended_at', 'kept_by', 'lease_until'];
    was jsonb;
    is_now jsonb := to_jsonb(NEW);
    texts text[] := ARRAY['reason', 'because'];
BEGIN
    IF (TG_OP = 'INSERT') THEN
        IF (NEW.state <> 'ASKED' AND NOT (NEW.by_term AND NEW.state = 'WAITING')) THEN
            RAISE EXCEPTION 'an erasure begins by being asked for'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'erasure_begins_asked';
        END IF;
    ELSE
        was := to_jsonb(OLD);
        IF ((was - once - free - texts) <> (is_now - once - free - texts)
            OR EXISTS (
                SELECT FROM unnest(once) AS c(name)
                WHERE was -> c.name <> 'null'::jsonb
                    AND (was -> c.name) IS DISTINCT FROM (is_now -> c.name)
            )
            OR (NEW.reason IS DISTINCT FROM OLD.reason
                AND NOT kernel_says_nothing(is_now -> 'reason'))
            OR OLD.state IN ('DECLINED', 'WITHDRAWN', 'KEPT', 'DONE')) THEN
            RAISE EXCEPTION 'erasure %: asked for, decided and carried out once each', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'erasure_unchanged';
        END IF;
    END IF;
    IF (accounts_is_person(NEW.decided_by_id, NEW.person_id)
        OR (NEW.document <> '' AND accounts_is_person(NEW.asked_by_id, NEW.person_id))
        OR EXISTS (
            SELECT FROM accounts_account a JOIN accounts_account b ON a.person_id = b.person_id
            WHERE a.id = NEW.asked_by_id AND b.id = NEW.decided_by_id
        )) THEN
        RAISE EXCEPTION 'two people erase a third'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'erasure_different_people';
    END IF;
    IF (NEW.state = 'DONE' AND (
        NOT EXISTS (
            SELECT FROM accounts_person p
            WHERE p.id = NEW.person_id AND p.family_name = 'P-' || p.id AND p.given_names = ''
                AND p.born_on IS NULL AND p.sex = '' AND p.national_id IS NULL
        ) OR EXISTS (SELECT FROM accounts_personcontact c WHERE c.person_id = NEW.person_id)
    )) THEN
        RAISE EXCEPTION 'erasure %: she is named still', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'erasure_done_is_whole';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_erasure_rules BEFORE INSERT OR UPDATE ON accounts_erasure
    FOR EACH ROW EXECUTE FUNCTION accounts_erasure_rules();
REVOKE DELETE, TRUNCATE ON accounts_erasure FROM guichet_application;

-- Whoever was forgotten is nobody again: with her number she would be a new person.
CREATE FUNCTION accounts_erased_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (EXISTS (
        SELECT FROM accounts_erasure e WHERE e.person_id = NEW.id AND e.state = 'DONE'
    )) THEN
        RAISE EXCEPTION 'person % was erased', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'erased_person_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_erased_stays BEFORE UPDATE ON accounts_person
    FOR EACH ROW EXECUTE FUNCTION accounts_erased_stays();

CREATE FUNCTION accounts_erased_unreached() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- The erasure holds this row: who comes while it begins waits for it, and is refused.
    PERFORM 1 FROM accounts_person p WHERE p.id = NEW.person_id FOR KEY SHARE;
    IF (accounts_is_erased(NEW.person_id)) THEN
        RAISE EXCEPTION 'person % was erased', NEW.person_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'erased_person_unreached';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_erased_unreached BEFORE INSERT ON accounts_personcontact
    FOR EACH ROW EXECUTE FUNCTION accounts_erased_unreached();

-- As people.sql has them, but for the notes, which an erasure empties.
CREATE OR REPLACE FUNCTION accounts_guardian_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (TG_OP = 'UPDATE') THEN
        IF (kernel_only_emptied(to_jsonb(OLD), to_jsonb(NEW), ARRAY['note'])
            AND (accounts_is_erasing(OLD.guardian_id) OR accounts_is_erasing(OLD.ward_id))) THEN
            RETURN NEW;
        END IF;
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

CREATE FUNCTION accounts_phone_change_emptied() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.note IS DISTINCT FROM OLD.note AND NOT (
        kernel_only_emptied(to_jsonb(OLD), to_jsonb(NEW), ARRAY['note'])
        AND accounts_is_erasing(OLD.person_id)
    )) THEN
        RAISE EXCEPTION 'what was noted of a change of phone stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'phone_change_note_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_phone_change_emptied BEFORE UPDATE OF note ON accounts_phonechange
    FOR EACH ROW EXECUTE FUNCTION accounts_phone_change_emptied();
DROP TRIGGER accounts_phone_change_rules ON accounts_phonechange;
CREATE TRIGGER accounts_phone_change_rules BEFORE INSERT OR UPDATE OF
    person_id, old_contact_id, new_contact_id, at_counter, document, asked_by_id, asked_at,
    proven_at, effective_at, confirmed_by_id, confirmed_at, stopped_by_id, stopped_at, done_at
    ON accounts_phonechange FOR EACH ROW EXECUTE FUNCTION accounts_phone_change_rules();

-- As factors.sql has it, but for what she called it, which may name her.
CREATE OR REPLACE FUNCTION accounts_passkey_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (kernel_only_emptied(to_jsonb(OLD), to_jsonb(NEW), ARRAY['name'])) THEN
        RETURN NEW;
    END IF;
    IF (NEW.account_id, NEW.credential_id, NEW.credential, NEW.added_at) IS DISTINCT FROM
       (OLD.account_id, OLD.credential_id, OLD.credential, OLD.added_at)
       OR OLD.removed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a passkey stays what it is, and removed once it is removed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'passkey_unchanged';
    END IF;
    IF NEW.sign_count < OLD.sign_count THEN
        RAISE EXCEPTION 'the counter of a passkey never falls'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'passkey_count_never_falls';
    END IF;
    RETURN NEW;
END $$;
