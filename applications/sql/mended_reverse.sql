-- squawk-ignore-file
DROP TRIGGER accounts_erasure_rules_hands ON accounts_erasure;
REVOKE UPDATE (contact_id) ON applications_assistance FROM guichet_application;
CREATE OR REPLACE FUNCTION applications_help_is_kept() RETURNS trigger LANGUAGE plpgsql
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
