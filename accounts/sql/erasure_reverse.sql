-- squawk-ignore-file
CREATE OR REPLACE FUNCTION accounts_passkey_rules() RETURNS trigger LANGUAGE plpgsql
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
DROP TRIGGER accounts_phone_change_rules ON accounts_phonechange;
CREATE TRIGGER accounts_phone_change_rules BEFORE INSERT OR UPDATE ON accounts_phonechange
    FOR EACH ROW EXECUTE FUNCTION accounts_phone_change_rules();
DROP TRIGGER accounts_phone_change_emptied ON accounts_phonechange;
DROP FUNCTION accounts_phone_change_emptied();
CREATE OR REPLACE FUNCTION accounts_guardian_rules() RETURNS trigger LANGUAGE plpgsql
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
DROP TRIGGER accounts_erased_unreached ON accounts_personcontact;
DROP FUNCTION accounts_erased_unreached();
DROP TRIGGER accounts_erased_stays ON accounts_person;
DROP FUNCTION accounts_erased_stays();
GRANT DELETE ON accounts_erasure TO guichet_application;
DROP TRIGGER accounts_erasure_rules ON accounts_erasure;
DROP FUNCTION accounts_erasure_rules();
DROP FUNCTION accounts_is_erased(bigint);
DROP FUNCTION accounts_is_erasing(bigint);
