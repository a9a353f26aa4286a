-- What stands with a case is added in its applicant's turn, or by an officer before whom it lies;
-- a file is never another one, and a verdict on it is never taken back.
-- In: rows of applications_attachment. Out: an exception that names the rule.
-- Locks: the case's row, so that two files at once are counted one after the other.
-- squawk-ignore-file

REVOKE UPDATE, DELETE, TRUNCATE ON applications_attachment FROM guichet_application;
GRANT UPDATE (check_state, check_due_at, removed_at, removed_by_id)
    ON applications_attachment TO guichet_application;

CREATE FUNCTION applications_attachment_added() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    standing record;
BEGIN
    SELECT a.status INTO standing FROM applications_application a
    WHERE a.id = NEW.application_id FOR NO KEY UPDATE;
    IF NEW.removed_at IS NOT NULL THEN
        RAISE EXCEPTION 'case %: a file is added before it is taken back', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_begins_standing';
    END IF;
    IF (NEW.code <> '' AND standing.status NOT IN ('DRAFT', 'AWAITING_COMPLETION'))
        OR (NEW.code = '' AND standing.status NOT IN (
            'IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_COMPLETION', 'AWAITING_SECOND'
        )) THEN
        RAISE EXCEPTION 'case % takes no file in its state', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_in_its_turn';
    END IF;
    -- Once it is sent in, only what an officer asked for may be given anew.
    IF NEW.code <> '' AND standing.status = 'AWAITING_COMPLETION' AND NOT EXISTS (
        SELECT FROM applications_completionrequest r
        WHERE r.application_id = NEW.application_id AND r.answered_at IS NULL
            AND r.asked ? ('attachment:' || NEW.code)
    ) THEN
        RAISE EXCEPTION 'case %: nobody asked for that file', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_was_asked_for';
    END IF;
    IF (SELECT count(*) FILTER (WHERE a.removed_at IS NULL) >= 20 OR count(*) >= 100
        FROM applications_attachment a WHERE a.application_id = NEW.application_id) THEN
        RAISE EXCEPTION 'case % has as many files as a case may have', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attachments_not_too_many';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attachment_added BEFORE INSERT ON applications_attachment
    FOR EACH ROW EXECUTE FUNCTION applications_attachment_added();

CREATE FUNCTION applications_attachment_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['check_state', 'check_due_at', 'removed_at', 'removed_by_id'];
BEGIN
    IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'attachment % is what it is', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_stays';
    END IF;
    IF OLD.removed_at IS NOT NULL AND (NEW.removed_at, NEW.removed_by_id)
        IS DISTINCT FROM (OLD.removed_at, OLD.removed_by_id) THEN
        RAISE EXCEPTION 'attachment % was taken back', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_removed_once';
    END IF;
    IF OLD.check_state <> 'waiting' AND NEW.check_state <> OLD.check_state THEN
        RAISE EXCEPTION 'attachment %: the scanner has spoken', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_checked_once';
    END IF;
    -- What an office was given stays with the case; only where it asked for another may one be
    -- replaced.
    IF OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM applications_application a WHERE a.id = OLD.application_id
            AND (a.status = 'DRAFT' OR (a.status = 'AWAITING_COMPLETION' AND EXISTS (
                SELECT FROM applications_completionrequest r
                WHERE r.application_id = a.id AND r.answered_at IS NULL
                    AND r.asked ? ('attachment:' || OLD.code)
            )))
    ) THEN
        RAISE EXCEPTION 'attachment % stays with its case', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_removed_in_its_turn';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attachment_stays BEFORE UPDATE ON applications_attachment
    FOR EACH ROW EXECUTE FUNCTION applications_attachment_stays();
CREATE TRIGGER attachment_not_deleted BEFORE DELETE ON applications_attachment
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER attachment_not_truncated BEFORE TRUNCATE ON applications_attachment
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only();
