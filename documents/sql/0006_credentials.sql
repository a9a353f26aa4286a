-- Who may sign with what: asked for by one person, decided by another, and never forgotten.
-- In: rows written by documents.operations.credentials. Out: an exception that names the rule.
-- Locks: documents_credential, briefly, while this runs; later none beyond the row written.
--
-- A row an officer or an office: scanned in a moment.
-- squawk-ignore-file ban-drop-constraint, changing-column-type, constraint-missing-not-valid, adding-foreign-key-constraint, disallowed-unique-constraint, require-concurrent-index-creation

ALTER TABLE documents_credential
    DROP CONSTRAINT credential_of_an_officer_or_an_office,
    DROP CONSTRAINT credential_state_known,
    ALTER COLUMN purpose TYPE varchar(10),
    ADD COLUMN request_id bigint UNIQUE
        CONSTRAINT documents_credential_request_fk
        REFERENCES documents_credentialrequest (id) DEFERRABLE INITIALLY DEFERRED,
    ADD COLUMN ended_at timestamptz,
    ADD COLUMN end_reason varchar(24) DEFAULT '' NOT NULL;
-- When these ended was not written down: at the latest when their time ran out.
ALTER TABLE documents_credential DISABLE TRIGGER documents_credential_guard;
UPDATE documents_credential SET ended_at = least(now(), not_after) WHERE state = 'revoked';
ALTER TABLE documents_credential ENABLE TRIGGER documents_credential_guard;
ALTER TABLE documents_credential
    ADD CONSTRAINT credential_of_its_owner CHECK (
        (purpose = 'officer' AND account_id IS NOT NULL AND office_id IS NULL)
        OR (purpose = 'seal' AND account_id IS NULL AND office_id IS NOT NULL)
        OR (purpose IN ('qr', 'trust_list') AND account_id IS NULL AND office_id IS NULL)
    ),
    ADD CONSTRAINT credential_state_known CHECK (
        state IN ('active', 'suspended', 'retired', 'revoked')
    ),
    ADD CONSTRAINT credential_over_has_its_time CHECK (
        (state IN ('retired', 'revoked')) = (ended_at IS NOT NULL)
    );
CREATE UNIQUE INDEX credential_one_active_of_the_state ON documents_credential (purpose)
    WHERE state = 'active' AND purpose IN ('qr', 'trust_list');

-- Two accounts of one person are one pair of hands.
CREATE FUNCTION documents_one_pair_of_hands(one bigint, other bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT one = other OR EXISTS (
        SELECT FROM accounts_account a JOIN accounts_account b ON b.person_id = a.person_id
        WHERE a.id = one AND b.id = other
    )
$$;

-- Which office's area a right must cover for this owner; none for the state's own keys.
CREATE FUNCTION documents_office_of_owner(account bigint, office bigint) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(office, (SELECT a.office_id FROM accounts_account a WHERE a.id = account))
$$;

-- What was asked stays as it was asked, by somebody with the right; its lease alone changes.
CREATE FUNCTION documents_credentialrequest_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a request is never deleted'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'credential_request_kept';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (to_jsonb(NEW) - 'lease_until') <> (to_jsonb(OLD) - 'lease_until') THEN
            RAISE EXCEPTION 'request % says what it said', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_request_frozen';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT documents_may(
        NEW.asked_by_id,
        CASE NEW.asked WHEN 'issue' THEN 'credential.issue' ELSE 'credential.revoke' END,
        documents_office_of_owner(NEW.account_id, NEW.office_id),
        NEW.asked_at
    ) THEN
        RAISE EXCEPTION 'account % has no right to ask for this', NEW.asked_by_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_asked_by_right';
    END IF;
    IF NEW.credential_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM documents_credential c
        WHERE c.id = NEW.credential_id AND c.purpose = NEW.purpose
          AND c.account_id IS NOT DISTINCT FROM NEW.account_id
          AND c.office_id IS NOT DISTINCT FROM NEW.office_id
    ) THEN
        RAISE EXCEPTION 'credential % is somebody else''s', NEW.credential_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_request_of_its_credential';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_credentialrequest_guard
    BEFORE INSERT OR UPDATE OR DELETE ON documents_credentialrequest
    FOR EACH ROW EXECUTE FUNCTION documents_credentialrequest_guard();

-- Whoever decides has the right, did not ask for it, and is not whose key it is.
CREATE FUNCTION documents_credentialdecision_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    request documents_credentialrequest%ROWTYPE;
BEGIN
    SELECT * INTO STRICT request FROM documents_credentialrequest WHERE id = NEW.request_id;
    IF request.asked = 'suspend' THEN
        RAISE EXCEPTION 'request % was done when it was asked', request.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_suspended_at_once';
    END IF;
    IF documents_one_pair_of_hands(request.asked_by_id, NEW.decided_by_id) THEN
        RAISE EXCEPTION 'request % was asked for by the same person', request.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_two_people';
    END IF;
    IF documents_one_pair_of_hands(request.account_id, NEW.decided_by_id) THEN
        RAISE EXCEPTION 'request % is about her own key', request.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_not_ones_own';
    END IF;
    IF NEW.approved AND NOT EXISTS (
        SELECT FROM accounts_stepup s
        WHERE s.id = NEW.step_up_id AND s.account_id = NEW.decided_by_id
          AND s.purpose = 'credential.decide' AND s.used_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'request %: not her own step-up', request.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_decided_by_step_up';
    END IF;
    IF NOT documents_may(
        NEW.decided_by_id,
        CASE request.asked WHEN 'issue' THEN 'credential.issue' ELSE 'credential.revoke' END,
        documents_office_of_owner(request.account_id, request.office_id),
        NEW.decided_at
    ) THEN
        RAISE EXCEPTION 'account % has no right to decide this', NEW.decided_by_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_decided_by_right';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_credentialdecision_guard BEFORE INSERT ON documents_credentialdecision
    FOR EACH ROW EXECUTE FUNCTION documents_credentialdecision_guard();

-- A key is made for a new credential that a second person agreed to.
CREATE FUNCTION documents_credentialkey_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM documents_credentialrequest r
        JOIN documents_credentialdecision d ON d.request_id = r.id AND d.approved
        WHERE r.id = NEW.request_id AND r.asked = 'issue'
    ) THEN
        RAISE EXCEPTION 'request % is not approved', NEW.request_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_key_when_approved';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_credentialkey_guard BEFORE INSERT ON documents_credentialkey
    FOR EACH ROW EXECUTE FUNCTION documents_credentialkey_guard();

-- A credential is what two people wanted; nobody asks for those of keys in files, which
-- production refuses.
CREATE FUNCTION documents_credential_begins() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.request_id IS NULL THEN
        IF NEW.custody <> 'pem' THEN
            RAISE EXCEPTION 'nobody asked for this credential'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_asked_for';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> 'active' OR NOT EXISTS (
        SELECT FROM documents_credentialrequest r
        JOIN documents_credentialdecision d ON d.request_id = r.id AND d.approved
        LEFT JOIN documents_credentialkey k ON k.request_id = r.id
        WHERE r.id = NEW.request_id AND r.asked = 'issue' AND r.purpose = NEW.purpose
          AND r.account_id IS NOT DISTINCT FROM NEW.account_id
          AND r.office_id IS NOT DISTINCT FROM NEW.office_id
          AND r.custody = NEW.custody
          AND NEW.key_ref = CASE WHEN r.road = 'service' THEN r.key_ref ELSE k.key_ref END
          AND NOT EXISTS (
              SELECT FROM documents_credentialrequest later
              JOIN documents_credentialdecision e ON e.request_id = later.id AND e.approved
              WHERE later.asked = 'issue' AND later.id > r.id AND later.purpose = r.purpose
                AND later.account_id IS NOT DISTINCT FROM r.account_id
                AND later.office_id IS NOT DISTINCT FROM r.office_id
          )
    ) THEN
        RAISE EXCEPTION 'request % is not for this credential', NEW.request_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_as_approved';
    END IF;
    -- Whoever agreed did not know that a key of this owner would be stopped, or its account closed.
    IF EXISTS (
        SELECT FROM documents_credential c
        JOIN documents_credentialdecision d ON d.request_id = NEW.request_id
        WHERE c.purpose = NEW.purpose AND c.account_id IS NOT DISTINCT FROM NEW.account_id
          AND c.office_id IS NOT DISTINCT FROM NEW.office_id
          AND (c.state = 'suspended' OR (c.state = 'revoked' AND c.ended_at >= d.decided_at))
    ) OR EXISTS (
        SELECT FROM accounts_account a WHERE a.id = NEW.account_id AND NOT a.is_active
    ) OR EXISTS (
        SELECT FROM places_office o WHERE o.id = NEW.office_id AND NOT o.active
    ) THEN
        RAISE EXCEPTION 'the owner of request % was stopped since', NEW.request_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_of_an_owner_in_order';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_credential_begins BEFORE INSERT ON documents_credential
    FOR EACH ROW EXECUTE FUNCTION documents_credential_begins();

-- Only a credential's state changes; of one that was asked for, only as two people decided.
CREATE OR REPLACE FUNCTION documents_credential_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    life text[] := ARRAY['state', 'ended_at', 'end_reason'];
    allowed boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a credential is never deleted'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'credential_kept';
    END IF;
    IF (to_jsonb(NEW) - life) <> (to_jsonb(OLD) - life)
       OR (NEW.state = OLD.state AND to_jsonb(NEW) <> to_jsonb(OLD))
       OR (OLD.state = 'revoked' AND NEW.state <> 'revoked') THEN
        RAISE EXCEPTION 'credential %: only its state may change, and revoked is the end', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_frozen';
    END IF;
    -- Else what it signed would count as made after its end.
    IF NEW.ended_at < OLD.issued_at THEN
        RAISE EXCEPTION 'credential % cannot end before it was issued', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_ends_after_it_began';
    END IF;
    IF NEW.state = OLD.state OR OLD.request_id IS NULL THEN
        RETURN NEW;
    END IF;
    allowed := (CASE NEW.state
        WHEN 'suspended' THEN EXISTS (
            SELECT FROM documents_credentialrequest r
            WHERE r.credential_id = OLD.id AND r.asked = 'suspend'
              AND NOT EXISTS (
                  SELECT FROM documents_credentialrequest later
                  JOIN documents_credentialdecision d ON d.request_id = later.id AND d.approved
                  WHERE later.credential_id = OLD.id AND later.asked = 'resume'
                    AND later.id > r.id
              )
        )
        -- Its authority has revoked it.
        OR EXISTS (
            SELECT FROM documents_credentialnotice n
            WHERE n.credential_id = OLD.id AND n.about = 'named'
        )
        WHEN 'active' THEN EXISTS (
            SELECT FROM documents_credentialrequest r
            JOIN documents_credentialdecision d ON d.request_id = r.id AND d.approved
            WHERE r.credential_id = OLD.id AND r.asked = 'resume'
              AND NOT EXISTS (
                  SELECT FROM documents_credentialrequest later
                  WHERE later.credential_id = OLD.id AND later.asked = 'suspend'
                    AND later.id > r.id
              )
        )
        WHEN 'revoked' THEN EXISTS (
            SELECT FROM documents_credentialrequest r
            JOIN documents_credentialdecision d ON d.request_id = r.id AND d.approved
            WHERE r.credential_id = OLD.id AND r.asked = 'revoke' AND r.reason = NEW.end_reason
              AND NEW.ended_at = d.decided_at
        )
        -- Retired: its time is over, or another of its owner is asked for and agreed to; that takes
        -- no place of a suspended one.
        ELSE (NEW.ended_at >= OLD.not_after AND OLD.not_after <= now())
        OR (OLD.state = 'active' AND EXISTS (
            SELECT FROM documents_credentialrequest r
            JOIN documents_credentialdecision d ON d.request_id = r.id AND d.approved
            WHERE r.asked = 'issue' AND r.purpose = OLD.purpose AND r.id > OLD.request_id
              AND r.account_id IS NOT DISTINCT FROM OLD.account_id
              AND r.office_id IS NOT DISTINCT FROM OLD.office_id
        ))
    END);
    IF NOT allowed THEN
        RAISE EXCEPTION 'credential %: nobody decided that it be %', OLD.id, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_state_decided';
    END IF;
    RETURN NEW;
END $$;

REVOKE DELETE, TRUNCATE ON documents_credentialrequest, documents_revocationsource
    FROM guichet_application;
