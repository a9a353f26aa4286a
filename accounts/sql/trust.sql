-- squawk-ignore-file
-- Who decides about a person is neither she nor one who reads her phone, and has just proved who
-- she is; only she herself asks to be forgotten, once we are sure that it is she; and no account of
-- staff leads to whoever was.
-- In:  rows of accounts_erasure, accounts_guardianship, accounts_meeting, accounts_phonechange,
--      accounts_account.
-- Out: the row, or an error with the constraint's name.
-- Locks: none beyond the row; the person of an account of staff, as for a phone (erasure.sql).

-- Whether an account is of one of these persons, or shares a phone with one: husband and wife with
-- one phone are one, here as in accounts_same_hands.
CREATE FUNCTION accounts_is_close_to(account bigint, VARIADIC persons bigint[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT accounts_is_person(account, VARIADIC persons) OR EXISTS (
        SELECT FROM accounts_personcontact b
        JOIN accounts_contactpoint c ON c.id = b.contact_id AND c.kind = 'phone'
        WHERE b.person_id = ANY (persons) AND b.until_at IS NULL
            AND b.contact_id IN (SELECT accounts_phones_of(account))
    )
$$;

-- Refuses that the named account is close to a person of the row. Asked when she is written down,
-- and no later: whoever comes to share a phone afterwards stops nothing that was decided.
-- Arguments: the constraint's name, the column of the account, then those of the persons.
CREATE FUNCTION accounts_by_a_stranger() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    told jsonb := to_jsonb(NEW);
    who bigint := (told ->> TG_ARGV[1])::bigint;
BEGIN
    IF (TG_OP = 'UPDATE' AND told -> TG_ARGV[1] = to_jsonb(OLD) -> TG_ARGV[1]) THEN
        RETURN NULL;
    END IF;
    IF (accounts_is_close_to(who, VARIADIC ARRAY(
        SELECT (told ->> name)::bigint FROM unnest(TG_ARGV[2:]) AS given(name)
    ))) THEN
        RAISE EXCEPTION '% %: account % is close to whom it is about', TG_TABLE_NAME, NEW.id, who
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
    END IF;
    RETURN NULL;
END $$;

-- All after the rules of their tables, and before whoever asks for a fresh proof, by their names.
CREATE TRIGGER accounts_erasure_rules_decided_by
    AFTER INSERT OR UPDATE OF decided_by_id ON accounts_erasure
    FOR EACH ROW WHEN (NEW.decided_by_id IS NOT NULL)
    EXECUTE FUNCTION accounts_by_a_stranger(
        'erasure_different_people', 'decided_by_id', 'person_id'
    );
CREATE TRIGGER accounts_erasure_rules_seen_by
    AFTER INSERT ON accounts_erasure
    FOR EACH ROW WHEN (NEW.document <> '')
    EXECUTE FUNCTION accounts_by_a_stranger(
        'erasure_different_people', 'asked_by_id', 'person_id'
    );
CREATE TRIGGER accounts_guardian_rules_strangers
    AFTER INSERT OR UPDATE OF decided_by_id ON accounts_guardianship
    FOR EACH ROW WHEN (NEW.decided_by_id IS NOT NULL)
    EXECUTE FUNCTION accounts_by_a_stranger(
        'guardian_decided_by_another', 'decided_by_id', 'guardian_id', 'ward_id'
    );
CREATE TRIGGER accounts_meeting_rules_strangers AFTER INSERT ON accounts_meeting
    FOR EACH ROW EXECUTE FUNCTION accounts_by_a_stranger(
        'meeting_with_another', 'by_id', 'person_id'
    );
CREATE TRIGGER accounts_phone_change_rules_asked_by AFTER INSERT ON accounts_phonechange
    FOR EACH ROW WHEN (NEW.at_counter)
    EXECUTE FUNCTION accounts_by_a_stranger(
        'phone_change_different_people', 'asked_by_id', 'person_id'
    );
CREATE TRIGGER accounts_phone_change_rules_confirmed_by
    AFTER INSERT OR UPDATE OF confirmed_by_id ON accounts_phonechange
    FOR EACH ROW WHEN (NEW.at_counter AND NEW.confirmed_by_id IS NOT NULL)
    EXECUTE FUNCTION accounts_by_a_stranger(
        'phone_change_different_people', 'confirmed_by_id', 'person_id'
    );

-- By a number of which nobody has shown that it is hers, nobody is forgotten.
CREATE FUNCTION accounts_erasure_by_herself() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NOT EXISTS (
        SELECT FROM accounts_account a
        JOIN accounts_personcontact b ON b.contact_id = a.contact_id AND b.until_at IS NULL
        JOIN accounts_person p ON p.id = b.person_id
        WHERE a.id = NEW.asked_by_id AND p.id = NEW.person_id
            AND p.assurance IN ('matched', 'met')
    )) THEN
        RAISE EXCEPTION 'person %: nobody is sure that it is she who asks', NEW.person_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'erasure_asked_by_herself';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_erasure_rules_herself AFTER INSERT ON accounts_erasure
    FOR EACH ROW WHEN (NEW.document = '' AND NOT NEW.by_term)
    EXECUTE FUNCTION accounts_erasure_by_herself();

CREATE TRIGGER accounts_erasure_steps
    AFTER INSERT OR UPDATE OF decided_by_id ON accounts_erasure
    FOR EACH ROW WHEN (NEW.decided_by_id IS NOT NULL)
    EXECUTE FUNCTION accounts_by_step_up(
        'erasure_decided_by_step_up', 'privacy.erase', 'decided_by_id', 'decided_at'
    );

-- An officer's name stays with what she decided; that she is also this number is told nowhere.
CREATE FUNCTION accounts_erased_officer() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (EXISTS (SELECT FROM accounts_account a WHERE a.person_id = NEW.person_id)) THEN
        RAISE EXCEPTION 'erasure %: an account of staff leads to her still', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'erasure_done_is_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_erasure_rules_officer AFTER UPDATE OF state ON accounts_erasure
    FOR EACH ROW WHEN (NEW.state = 'DONE' AND OLD.state <> 'DONE')
    EXECUTE FUNCTION accounts_erased_officer();
CREATE FUNCTION accounts_no_officer_of_erased() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM accounts_person p WHERE p.id = NEW.person_id FOR KEY SHARE;
    IF (accounts_is_erased(NEW.person_id)) THEN
        RAISE EXCEPTION 'person % was erased', NEW.person_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'erased_person_unreached';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_no_officer_of_erased
    BEFORE INSERT OR UPDATE OF person_id ON accounts_account
    FOR EACH ROW WHEN (NEW.person_id IS NOT NULL)
    EXECUTE FUNCTION accounts_no_officer_of_erased();
