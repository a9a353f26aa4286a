-- How staff come and leave, said again by PostgreSQL.
-- In:  rows of accounts_invitation, accounts_directorysubject, accounts_visit, accounts_account.
-- Out: the row, or an error with the constraint's name; of a closed account no session is left.
-- Locks: an invitation takes both accounts it names FOR SHARE, in id order, then the invited
--        person's, so that nobody becomes somebody else meanwhile.
-- squawk-ignore-file

CREATE FUNCTION accounts_invitation_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    invited accounts_account;
    inviter accounts_account;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an invitation is accepted, revoked or expires, it is never deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_kept';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.account_id, NEW.by_id, NEW.at, NEW.expires_at)
            IS DISTINCT FROM (OLD.account_id, OLD.by_id, OLD.at, OLD.expires_at)
           OR OLD.accepted_at IS NOT NULL
           OR OLD.revoked_at IS NOT NULL
           OR NEW.attempts < OLD.attempts THEN
            RAISE EXCEPTION 'an invitation is accepted once or revoked once'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_once';
        END IF;
        RETURN NEW;
    END IF;

    PERFORM FROM accounts_account a WHERE a.id IN (NEW.account_id, NEW.by_id)
        ORDER BY a.id FOR SHARE;
    SELECT a.* INTO invited FROM accounts_account a WHERE a.id = NEW.account_id;
    SELECT a.* INTO inviter FROM accounts_account a WHERE a.id = NEW.by_id;
    -- Who she is must be known: maker and checker are compared by person.
    IF invited.kind <> 'staff' OR invited.is_superuser OR invited.person_id IS NULL THEN
        RAISE EXCEPTION 'an invitation is for a staff account that names its person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_names_a_person';
    END IF;
    IF invited.id = inviter.id OR invited.person_id = inviter.person_id THEN
        RAISE EXCEPTION 'nobody invites herself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_by_another';
    END IF;
    -- Two invitations of one person at once are one after the other.
    PERFORM FROM accounts_person p WHERE p.id = invited.person_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM accounts_account other
        WHERE other.person_id = invited.person_id AND other.id <> invited.id
            AND (other.is_active OR EXISTS (
                SELECT FROM accounts_invitation i
                WHERE i.account_id = other.id AND i.accepted_at IS NULL AND i.revoked_at IS NULL
                    AND i.expires_at > NEW.at
            ))
    ) THEN
        RAISE EXCEPTION 'this person has another account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_one_account_a_person';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_invitation_rules BEFORE INSERT OR UPDATE OR DELETE ON accounts_invitation
    FOR EACH ROW EXECUTE FUNCTION accounts_invitation_rules();

CREATE FUNCTION accounts_directory_subject_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.issuer, NEW.subject, NEW.account_id, NEW.bound_at)
           IS DISTINCT FROM (OLD.issuer, OLD.subject, OLD.account_id, OLD.bound_at)
       OR OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'whom the directory means is ended once; nothing else of it changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'directory_subject_unchanged';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_directory_subject_rules
    BEFORE UPDATE OR DELETE ON accounts_directorysubject
    FOR EACH ROW EXECUTE FUNCTION accounts_directory_subject_rules();

CREATE FUNCTION accounts_visit_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.account_id, NEW.started_at, NEW.device, NEW.network)
        IS DISTINCT FROM (OLD.account_id, OLD.started_at, OLD.device, OLD.network)
       OR OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'a visit that has ended does not begin again'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_ended_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_visit_rules BEFORE UPDATE ON accounts_visit
    FOR EACH ROW EXECUTE FUNCTION accounts_visit_rules();

-- Whoever closes an account, and by whatever road: all its sittings end with it.
CREATE FUNCTION accounts_closed_is_out() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM django_session s USING accounts_visit v
        WHERE v.account_id = NEW.id AND v.ended_at IS NULL AND s.session_key = v.session_key;
    UPDATE accounts_visit v
        SET ended_at = greatest(v.seen_at, now()), end_reason = 'closed', session_key = ''
        WHERE v.account_id = NEW.id AND v.ended_at IS NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER accounts_closed_is_out AFTER UPDATE OF is_active ON accounts_account
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
    EXECUTE FUNCTION accounts_closed_is_out();

REVOKE DELETE, TRUNCATE ON accounts_invitation, accounts_directorysubject FROM guichet_application;
REVOKE TRUNCATE ON accounts_visit FROM guichet_application;
