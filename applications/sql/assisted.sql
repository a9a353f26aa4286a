-- Help with applying, said again by PostgreSQL.
-- In: rows written by applications.operations. Out: an exception that names the rule.
-- Locks: none beyond the rows that are written.

-- Nobody helps herself, and nobody is helped by somebody of whom it is unknown who she is. What was
-- begun stays as it was begun; its case and its end come once.
CREATE FUNCTION applications_help_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF applications_has_interest(NEW.helper_id, NEW.holder_id, 0) THEN
            RAISE EXCEPTION 'nobody helps herself'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'helper_is_another';
        END IF;
        RETURN NEW;
    END IF;
    IF (to_jsonb(NEW) - 'application_id' - 'revoked_at')
            <> (to_jsonb(OLD) - 'application_id' - 'revoked_at')
        OR (OLD.application_id IS NOT NULL AND NEW.application_id IS DISTINCT FROM OLD.application_id)
        OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
        RAISE EXCEPTION 'help %: it stays as it was begun', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_is_kept';
    END IF;
    IF NEW.application_id IS DISTINCT FROM OLD.application_id AND (
        NOT EXISTS (
            SELECT FROM applications_helpconsent c
            WHERE c.assistance_id = NEW.id AND c.completion_id IS NULL AND c.given_at IS NOT NULL
        ) OR NOT EXISTS (
            SELECT FROM applications_application a
            WHERE a.id = NEW.application_id AND a.holder_id = NEW.holder_id
              AND a.service_code = NEW.service_code AND a.status = 'DRAFT'
        )
    ) THEN
        RAISE EXCEPTION 'help %: its case is a draft of hers, to which she agreed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'helped_case_is_hers';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER help_is_kept BEFORE INSERT OR UPDATE ON applications_assistance
    FOR EACH ROW EXECUTE FUNCTION applications_help_is_kept();

-- A consent begins as a question, is never changed once it is given, and is witnessed by another
-- pair of hands than the helper's. A code counts when it was shown, and was asked for this consent.
CREATE FUNCTION applications_help_consent_is_true() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.given_at IS NOT NULL THEN
            RAISE EXCEPTION 'a consent is asked for first'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'help_consent_is_asked';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.given_at IS NOT NULL
        OR (NEW.assistance_id, NEW.completion_id, NEW.asked_at)
            IS DISTINCT FROM (OLD.assistance_id, OLD.completion_id, OLD.asked_at) THEN
        RAISE EXCEPTION 'consent %: it stays as it was given', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_consent_is_kept';
    END IF;
    IF NEW.witness_id IS NOT NULL AND EXISTS (
        SELECT FROM applications_assistance h
        WHERE h.id = NEW.assistance_id AND (
            applications_same_hands(h.helper_id, NEW.witness_id)
            OR applications_has_interest(NEW.witness_id, h.holder_id, 0)
        )
    ) THEN
        RAISE EXCEPTION 'consent %: the helper is not its witness', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_witness_is_another';
    END IF;
    IF NEW.given_at IS NOT NULL AND NEW.kind = 'code' AND NOT EXISTS (
        SELECT FROM accounts_onetimecode c
        JOIN applications_assistance h ON h.id = NEW.assistance_id AND h.contact_id = c.contact_id
        WHERE c.id = NEW.code_id AND c.purpose = 'consent:' || NEW.id AND c.used_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'consent %: nobody has shown its code', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_code_was_shown';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER help_consent_is_true BEFORE INSERT OR UPDATE ON applications_helpconsent
    FOR EACH ROW EXECUTE FUNCTION applications_help_consent_is_true();

-- A member of staff sends nothing in for a citizen without her consent, nor after its end; what a
-- completion asks for she mends with a consent to just that.
CREATE FUNCTION applications_sent_in_with_consent() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM accounts_account s WHERE s.id = NEW.changed_by_id AND s.kind = 'staff'
    ) AND NOT EXISTS (
        -- The person herself signed a sheet of the downtime book, which has rules of its own.
        SELECT FROM applications_application a
        WHERE a.id = NEW.application_id AND a.received_at IS NOT NULL AND NEW.source = 'DRAFT'
            AND NOT EXISTS (
                SELECT FROM applications_assistance h WHERE h.application_id = a.id
            )
    ) AND NOT EXISTS (
        SELECT FROM applications_assistance h
        JOIN applications_helpconsent c ON c.assistance_id = h.id AND c.given_at IS NOT NULL
        WHERE h.application_id = NEW.application_id AND h.helper_id = NEW.changed_by_id
          AND h.revoked_at IS NULL
          AND c.completion_id IS NOT DISTINCT FROM (
              SELECT max(r.id) FROM applications_completionrequest r
              WHERE r.application_id = NEW.application_id AND NEW.source = 'AWAITING_COMPLETION'
          )
    ) AND NOT EXISTS (  -- Captured from a sheet of the downtime book, which she signed.
        SELECT FROM applications_application a
        WHERE a.id = NEW.application_id AND a.received_at IS NOT NULL AND NEW.source = 'DRAFT'
    ) THEN
        RAISE EXCEPTION 'case %: its applicant has not agreed', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_sent_in_with_consent';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_sent_in_with_consent BEFORE INSERT ON applications_statuschange
    FOR EACH ROW WHEN (
        (NEW.source = 'DRAFT' AND NEW.target IN ('AWAITING_PAYMENT', 'PAID'))
        OR (NEW.source = 'AWAITING_COMPLETION' AND NEW.target = 'UNDER_REVIEW')
    )
    EXECUTE FUNCTION applications_sent_in_with_consent();

-- Whoever helped with a case, under whatever account and however it ended, neither holds nor
-- decides it; otherwise these two are as in rules.sql.
CREATE FUNCTION applications_helped(application bigint, account bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM applications_assistance h
        WHERE h.application_id = application AND applications_same_hands(h.helper_id, account)
    )
$$;

CREATE OR REPLACE FUNCTION applications_officer_is_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.officer_id IS NOT NULL
       AND (applications_has_interest(NEW.officer_id, NEW.holder_id, NEW.account_id)
            OR applications_helped(NEW.id, NEW.officer_id)) THEN
        RAISE EXCEPTION 'case %: the officer has an interest in it', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'officer_is_another';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION applications_decider_is_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.changed_by_id IS NOT NULL AND EXISTS (
        SELECT FROM applications_application a
        WHERE a.id = NEW.application_id
          AND (applications_has_interest(NEW.changed_by_id, a.holder_id, a.account_id)
               OR applications_helped(a.id, NEW.changed_by_id))
    ) THEN
        RAISE EXCEPTION 'case %: decided by somebody with an interest in it', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decider_is_another';
    END IF;
    RETURN NEW;
END $$;

-- A slip is looked at again by somebody who neither helped nor was its witness.
CREATE FUNCTION applications_slip_checked_by_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM applications_helpconsent c
        JOIN applications_assistance h ON h.id = c.assistance_id
        WHERE c.id = NEW.consent_id AND c.kind = 'slip' AND c.given_at IS NOT NULL
          AND NOT applications_same_hands(h.helper_id, NEW.by_id)
          AND NOT applications_same_hands(c.witness_id, NEW.by_id)
          AND NOT applications_has_interest(NEW.by_id, h.holder_id, 0)
    ) THEN
        RAISE EXCEPTION 'consent %: it is checked by another', NEW.consent_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_checked_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER slip_checked_by_another BEFORE INSERT ON applications_consentcheck
    FOR EACH ROW EXECUTE FUNCTION applications_slip_checked_by_another();

REVOKE UPDATE, DELETE, TRUNCATE ON applications_assistance FROM guichet_application;
GRANT UPDATE (application_id, revoked_at) ON applications_assistance TO guichet_application;
REVOKE UPDATE, DELETE, TRUNCATE ON applications_helpconsent FROM guichet_application;
GRANT UPDATE (kind, code_id, scan_sha256, witness_id, given_at)
    ON applications_helpconsent TO guichet_application;
