-- squawk-ignore-file
-- The rules of second factors, kept by PostgreSQL whatever the code above does.
-- In:  rows of accounts_codeapp, accounts_passkey, accounts_passkeychallenge,
--      accounts_recoverycode, accounts_factorreset.
-- Out: the row, or an error with the constraint's name.
-- Locks: none beyond the row itself.

CREATE FUNCTION accounts_code_app_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.account_id, NEW.begun_at) IS DISTINCT FROM (OLD.account_id, OLD.begun_at)
       OR OLD.removed_at IS NOT NULL
       OR (OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at) THEN
        RAISE EXCEPTION 'an app is begun, confirmed and removed once each'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'code_app_unchanged';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_code_app_rules BEFORE UPDATE ON accounts_codeapp
    FOR EACH ROW EXECUTE FUNCTION accounts_code_app_rules();

-- RFC 6238, 5.2: a code that was accepted is not accepted again. The trigger watches the column
-- and not its change, so that writing the same step a second time is refused as well.
CREATE FUNCTION accounts_code_step_once() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.last_step IS NOT NULL AND (NEW.last_step IS NULL OR NEW.last_step <= OLD.last_step) THEN
        RAISE EXCEPTION 'the code of this time was accepted before'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'code_step_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_code_step_once BEFORE UPDATE OF last_step ON accounts_codeapp
    FOR EACH ROW EXECUTE FUNCTION accounts_code_step_once();

CREATE FUNCTION accounts_passkey_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
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

CREATE TRIGGER accounts_passkey_rules BEFORE UPDATE ON accounts_passkey
    FOR EACH ROW EXECUTE FUNCTION accounts_passkey_rules();

-- A longer id would not fit into the index that keeps it once.
ALTER TABLE accounts_passkey
    ADD CONSTRAINT passkey_lengths
        CHECK (octet_length(credential_id) <= 1023 AND octet_length(credential) <= 4096);

CREATE FUNCTION accounts_passkey_challenge_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.challenge, NEW.account_id, NEW.purpose, NEW.binding, NEW.asked_at, NEW.expires_at)
       IS DISTINCT FROM
       (OLD.challenge, OLD.account_id, OLD.purpose, OLD.binding, OLD.asked_at, OLD.expires_at)
       OR OLD.used_at IS NOT NULL THEN
        RAISE EXCEPTION 'a challenge is used once, for what it was drawn for'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'passkey_challenge_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_passkey_challenge_rules BEFORE UPDATE ON accounts_passkeychallenge
    FOR EACH ROW EXECUTE FUNCTION accounts_passkey_challenge_rules();

CREATE FUNCTION accounts_recovery_code_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.account_id, NEW.code_hash, NEW.made_at) IS DISTINCT FROM
       (OLD.account_id, OLD.code_hash, OLD.made_at)
       OR OLD.used_at IS NOT NULL OR OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'a recovery code is used once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_code_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_recovery_code_rules BEFORE UPDATE ON accounts_recoverycode
    FOR EACH ROW EXECUTE FUNCTION accounts_recovery_code_rules();

-- Different accounts by CHECK, different people by this: one person with two accounts is still one
-- pair of hands.
CREATE FUNCTION accounts_factor_reset_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    people bigint;
    accounts bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.account_id, NEW.note, NEW.asked_by_id, NEW.asked_at) IS DISTINCT FROM
           (OLD.account_id, OLD.note, OLD.asked_by_id, OLD.asked_at)
           OR OLD.decided_at IS NOT NULL THEN
            RAISE EXCEPTION 'a reset is asked for once and decided once'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'factor_reset_once';
        END IF;
    END IF;
    SELECT count(DISTINCT a.person_id), count(a.person_id) INTO people, accounts
        FROM accounts_account a WHERE a.id IN (NEW.account_id, NEW.asked_by_id, NEW.decided_by_id);
    IF people <> accounts THEN
        RAISE EXCEPTION 'one person with two accounts cannot ask for, decide or need one reset'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'factor_reset_different_people';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_factor_reset_rules BEFORE INSERT OR UPDATE ON accounts_factorreset
    FOR EACH ROW EXECUTE FUNCTION accounts_factor_reset_rules();

-- A factor is removed by a date, never by a deletion. Challenges are forgotten by upkeep.
REVOKE DELETE, TRUNCATE ON accounts_codeapp, accounts_passkey, accounts_recoverycode,
    accounts_factorreset FROM guichet_application;
REVOKE TRUNCATE ON accounts_passkeychallenge FROM guichet_application;
