-- The way back of assisted.sql; the tables themselves go with their models.

GRANT UPDATE, DELETE ON applications_helpconsent TO guichet_application;
GRANT UPDATE, DELETE ON applications_assistance TO guichet_application;
DROP TRIGGER slip_checked_by_another ON applications_consentcheck;
DROP FUNCTION applications_slip_checked_by_another();

CREATE OR REPLACE FUNCTION applications_officer_is_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.officer_id IS NOT NULL
       AND applications_has_interest(NEW.officer_id, NEW.holder_id, NEW.account_id) THEN
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
          AND applications_has_interest(NEW.changed_by_id, a.holder_id, a.account_id)
    ) THEN
        RAISE EXCEPTION 'case %: decided by somebody with an interest in it', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decider_is_another';
    END IF;
    RETURN NEW;
END $$;

DROP FUNCTION applications_helped(bigint, bigint);
DROP TRIGGER case_sent_in_with_consent ON applications_statuschange;
DROP FUNCTION applications_sent_in_with_consent();
DROP TRIGGER help_consent_is_true ON applications_helpconsent;
DROP FUNCTION applications_help_consent_is_true();
DROP TRIGGER help_is_kept ON applications_assistance;
DROP FUNCTION applications_help_is_kept();
