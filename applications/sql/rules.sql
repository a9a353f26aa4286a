-- The rules of a case, said again by PostgreSQL. No locks beyond the rows that are written.

-- A case begins as a draft.
CREATE FUNCTION applications_begins_as_draft() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.status <> 'DRAFT' THEN
        RAISE EXCEPTION 'a case begins as DRAFT, not as %', NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_begins_as_draft';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER case_begins_as_draft BEFORE INSERT ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_begins_as_draft();

-- Each move has its row of history, written in the same transaction: looked at when it commits.
-- One row a version, so that a move there, back and there again needs three rows.
CREATE FUNCTION applications_move_is_told() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    from_status text := CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.status END;
BEGIN
    IF NOT EXISTS (
        SELECT FROM applications_statuschange c
        WHERE c.application_id = NEW.id AND c.version = NEW.version
          AND c.source = from_status AND c.target = NEW.status
    ) THEN
        RAISE EXCEPTION 'case %: the move from % to % has no row of history',
            NEW.id, from_status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_move_is_told';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER case_start_is_told AFTER INSERT ON applications_application
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION applications_move_is_told();

CREATE CONSTRAINT TRIGGER case_move_is_told AFTER UPDATE OF status ON applications_application
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION applications_move_is_told();

-- And no history without its move: the last row tells where the case is.
CREATE FUNCTION applications_history_is_true() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    told text;
    is_at text;
BEGIN
    SELECT c.target INTO told FROM applications_statuschange c
        WHERE c.application_id = NEW.application_id ORDER BY c.version DESC LIMIT 1;
    SELECT a.status INTO is_at FROM applications_application a WHERE a.id = NEW.application_id;
    IF told IS DISTINCT FROM is_at THEN
        RAISE EXCEPTION 'case %: history ends at %, the case is at %',
            NEW.application_id, told, is_at
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_history_is_true';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER case_history_is_true AFTER INSERT ON applications_statuschange
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION applications_history_is_true();

-- Nobody holds or decides her own case: not the one whose paper it is, not the one who applied,
-- and nobody of whom it is unknown who she is.
CREATE FUNCTION applications_has_interest(account bigint, holder bigint, applicant bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT account = applicant OR EXISTS (
        SELECT FROM accounts_account a
        WHERE a.id = account AND (a.person_id = holder OR a.person_id IS NULL)
    )
$$;

CREATE FUNCTION applications_officer_is_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.officer_id IS NOT NULL
       AND applications_has_interest(NEW.officer_id, NEW.holder_id, NEW.account_id) THEN
        RAISE EXCEPTION 'case %: the officer has an interest in it', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'officer_is_another';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER officer_is_another
    BEFORE INSERT OR UPDATE OF officer_id, holder_id, account_id ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_officer_is_another();

CREATE FUNCTION applications_decider_is_another() RETURNS trigger LANGUAGE plpgsql
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

CREATE TRIGGER decider_is_another BEFORE INSERT ON applications_statuschange
    FOR EACH ROW WHEN (NEW.target IN
        ('UNDER_REVIEW', 'AWAITING_SECOND', 'APPROVED', 'REFUSED')
        AND NEW.source <> 'AWAITING_COMPLETION')
    EXECUTE FUNCTION applications_decider_is_another();

-- What a case is about never changes; what was given changes only while it is the applicant's
-- turn; an entry once cited and a paper once asked for stay.
CREATE FUNCTION applications_keeps_its_word() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.number, NEW.holder_id, NEW.account_id, NEW.service_code)
        IS DISTINCT FROM (OLD.number, OLD.holder_id, OLD.account_id, OLD.service_code) THEN
        RAISE EXCEPTION 'case %: number, holder, applicant and service never change', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_keeps_its_subject';
    END IF;
    IF (NEW.answers, NEW.private_answers, NEW.service_version_id)
        IS DISTINCT FROM (OLD.answers, OLD.private_answers, OLD.service_version_id)
        AND OLD.status NOT IN ('DRAFT', 'AWAITING_COMPLETION') THEN
        RAISE EXCEPTION 'case %: answers change only in the applicant''s turn', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_answers_in_her_turn';
    END IF;
    IF (OLD.cited_entry_id IS NOT NULL AND NEW.cited_entry_id IS DISTINCT FROM OLD.cited_entry_id)
        OR (OLD.paper_id IS NOT NULL AND NEW.paper_id IS DISTINCT FROM OLD.paper_id) THEN
        RAISE EXCEPTION 'case %: its entry and its paper stay', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_keeps_its_paper';
    END IF;
    IF NEW.version < OLD.version THEN
        RAISE EXCEPTION 'case %: its version only grows', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_version_grows';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER case_keeps_its_word BEFORE UPDATE ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_keeps_its_word();

-- A completion is answered once, and is otherwise as it was asked.
CREATE FUNCTION applications_completion_answered_once() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL THEN
        RAISE EXCEPTION 'completion % is answered', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'completion_answered_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER completion_answered_once BEFORE UPDATE ON applications_completionrequest
    FOR EACH ROW EXECUTE FUNCTION applications_completion_answered_once();

REVOKE DELETE, TRUNCATE ON applications_application FROM guichet_application;
REVOKE UPDATE, DELETE, TRUNCATE ON applications_completionrequest FROM guichet_application;
GRANT UPDATE (answered_at) ON applications_completionrequest TO guichet_application;
