-- Who looked at a paper, and whom its holder lets read it.
-- In: rows written by documents.operations. Out: an exception that names the rule.
-- Locks: none beyond the row being written; its foreign keys share the paper's and consent's rows.

-- A look is of a paper that is out, is never changed, and is kept for 13 months.
CREATE FUNCTION documents_look_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'a look is never changed'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'look_kept';
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.at > now() - interval '396 days' THEN
            RAISE EXCEPTION 'a look is kept for 13 months'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'look_kept';
        END IF;
        RETURN OLD;
    END IF;
    IF NOT EXISTS (
        SELECT FROM documents_paper p
        WHERE p.id = NEW.paper_id AND p.issued_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'paper % is not out: nobody can look at it', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'look_at_a_paper_that_is_out';
    END IF;
    -- Clocks differ by seconds, and a time zone that was mistaken by hours: never by days. An
    -- agency's look lies within its consent, below.
    IF NEW.consent_id IS NULL AND NEW.at > now() + interval '2 days' THEN
        RAISE EXCEPTION 'a look is not dated ahead'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'look_not_ahead';
    END IF;
    IF NEW.consent_id IS NULL AND NEW.at <> date_trunc('minute', NEW.at) THEN
        RAISE EXCEPTION 'a look of nobody in particular is written to the minute'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'look_to_the_minute';
    END IF;
    IF NEW.consent_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM documents_consent c
        WHERE c.id = NEW.consent_id AND c.paper_id = NEW.paper_id
          AND c.taken_back_at IS NULL AND NEW.at BETWEEN c.given_at AND c.until
    ) THEN
        RAISE EXCEPTION 'consent % is not in force for paper %', NEW.consent_id, NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'look_by_a_consent_in_force';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_look_guard BEFORE INSERT OR UPDATE OR DELETE ON documents_look
    FOR EACH ROW EXECUTE FUNCTION documents_look_guard();
CREATE TRIGGER documents_look_no_truncate BEFORE TRUNCATE ON documents_look
    FOR EACH STATEMENT EXECUTE FUNCTION documents_look_guard();

-- A consent is given for a paper that is out, can be taken back once, and changes in no other way.
CREATE FUNCTION documents_consent_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'a consent is never deleted'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'consent_kept';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.taken_back_at IS NOT NULL OR NOT EXISTS (
            SELECT FROM documents_paper p
            WHERE p.id = NEW.paper_id AND p.issued_at IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'paper %: a consent begins in force, for a paper that is out',
                NEW.paper_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_for_a_paper_that_is_out';
        END IF;
        RETURN NEW;
    END IF;
    IF (to_jsonb(NEW) - 'taken_back_at') <> (to_jsonb(OLD) - 'taken_back_at')
       OR (OLD.taken_back_at IS NOT NULL
           AND NEW.taken_back_at IS DISTINCT FROM OLD.taken_back_at) THEN
        RAISE EXCEPTION 'consent % can only be taken back, and once', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_consent_guard BEFORE INSERT OR UPDATE OR DELETE ON documents_consent
    FOR EACH ROW EXECUTE FUNCTION documents_consent_guard();
CREATE TRIGGER documents_consent_no_truncate BEFORE TRUNCATE ON documents_consent
    FOR EACH STATEMENT EXECUTE FUNCTION documents_consent_guard();

REVOKE UPDATE, TRUNCATE ON documents_look FROM guichet_application;
REVOKE DELETE, TRUNCATE ON documents_consent FROM guichet_application;
