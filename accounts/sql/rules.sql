-- The rules of rights and codes, kept by PostgreSQL whatever the code above does.
-- In:  rows of accounts_grant, accounts_account, accounts_onetimecode, accounts_stepup.
-- Out: the row, or an error with the constraint's name.
-- Locks: a grant takes the accounts it names FOR SHARE, in id order, so that none of them can
--        become a superuser's or somebody else's in the meantime.

CREATE FUNCTION accounts_grant_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    holder accounts_account;
    people bigint;
    accounts bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a grant ends, it is never deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_kept';
    END IF;

    IF TG_OP = 'UPDATE' THEN
        IF (NEW.account_id, NEW.act, NEW.service_code, NEW.rail_code, NEW.from_at, NEW.given_by_id,
            NEW.given_at) IS DISTINCT FROM
           (OLD.account_id, OLD.act, OLD.service_code, OLD.rail_code, OLD.from_at, OLD.given_by_id,
            OLD.given_at)
           OR NEW.area_id IS DISTINCT FROM OLD.area_id
           OR NEW.until_at IS DISTINCT FROM OLD.until_at
           OR (OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_at, NEW.confirmed_by_id)
               IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by_id))
           OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ended_by_id)
               IS DISTINCT FROM (OLD.ended_at, OLD.ended_by_id)) THEN
            RAISE EXCEPTION 'a grant is confirmed once and ended once; nothing else of it changes'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_unchanged';
        END IF;
    END IF;

    PERFORM FROM accounts_account a
        WHERE a.id IN (NEW.account_id, NEW.given_by_id, NEW.confirmed_by_id)
        ORDER BY a.id FOR SHARE;
    SELECT a.* INTO holder FROM accounts_account a WHERE a.id = NEW.account_id;

    IF NEW.ended_at IS NULL AND (holder.is_superuser OR holder.kind <> 'staff') THEN
        RAISE EXCEPTION 'neither a superuser nor a citizen holds a grant'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_to_staff_only';
    END IF;

    -- Who she is must be known before her right counts: "never her own case" is asked of persons.
    IF NEW.ended_at IS NULL AND NEW.confirmed_at IS NOT NULL AND holder.person_id IS NULL THEN
        RAISE EXCEPTION 'a grant is confirmed only to an account that names its person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_to_a_known_person';
    END IF;

    -- Holder, giver and confirmer are different accounts by CHECK, and different people by this:
    -- one person with two accounts is still one pair of hands.
    SELECT count(DISTINCT a.person_id), count(a.person_id) INTO people, accounts
        FROM accounts_account a
        WHERE a.id IN (NEW.account_id, NEW.given_by_id, NEW.confirmed_by_id);
    IF people <> accounts THEN
        RAISE EXCEPTION 'one person with two accounts cannot give, confirm or receive her own grant'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_different_people';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_grant_rules BEFORE INSERT OR UPDATE OR DELETE ON accounts_grant
    FOR EACH ROW EXECUTE FUNCTION accounts_grant_rules();

CREATE FUNCTION accounts_superuser_holds_no_grant() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.is_superuser OR NEW.kind <> 'staff') AND EXISTS (
        SELECT FROM accounts_grant g WHERE g.account_id = NEW.id AND g.ended_at IS NULL
    ) THEN
        RAISE EXCEPTION 'a superuser holds no grant'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'superuser_holds_no_grant';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_superuser_holds_no_grant
    BEFORE UPDATE OF is_superuser, kind ON accounts_account
    FOR EACH ROW EXECUTE FUNCTION accounts_superuser_holds_no_grant();

-- Whoever holds a right stays who she is: another person would inherit it, or her own case.
CREATE FUNCTION accounts_holder_stays_herself() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.person_id IS DISTINCT FROM OLD.person_id AND EXISTS (
        SELECT FROM accounts_grant g WHERE g.account_id = NEW.id AND g.ended_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the person of an account does not change while it holds a grant'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'holder_stays_herself';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_holder_stays_herself
    BEFORE UPDATE OF person_id ON accounts_account
    FOR EACH ROW EXECUTE FUNCTION accounts_holder_stays_herself();

CREATE FUNCTION accounts_code_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.contact_id, NEW.purpose, NEW.asked_at, NEW.expires_at, NEW.session_binding)
        IS DISTINCT FROM
       (OLD.contact_id, OLD.purpose, OLD.asked_at, OLD.expires_at, OLD.session_binding)
       OR (OLD.code_hash IS NOT NULL AND NEW.code_hash IS DISTINCT FROM OLD.code_hash)
       OR OLD.used_at IS NOT NULL
       OR NEW.attempts < OLD.attempts THEN
        RAISE EXCEPTION 'a code is made once, tried a few times and used once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'code_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_code_rules BEFORE UPDATE ON accounts_onetimecode
    FOR EACH ROW EXECUTE FUNCTION accounts_code_rules();

CREATE FUNCTION accounts_step_up_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.account_id, NEW.purpose, NEW.at, NEW.expires_at, NEW.session_hash) IS DISTINCT FROM
       (OLD.account_id, OLD.purpose, OLD.at, OLD.expires_at, OLD.session_hash)
       OR OLD.used_at IS NOT NULL THEN
        RAISE EXCEPTION 'a step-up is used once, for what it was made for'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'step_up_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_step_up_rules BEFORE UPDATE ON accounts_stepup
    FOR EACH ROW EXECUTE FUNCTION accounts_step_up_rules();

REVOKE DELETE, TRUNCATE ON accounts_grant, accounts_stepup FROM guichet_application;
