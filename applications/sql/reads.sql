-- In: the tables of looks. Out: who looked stays as it was written; a question is answered once, and
-- not by whoever looked; an opening is reviewed once, by other hands than those that opened it.
-- squawk-ignore-file require-timeout-settings, prefer-robust-stmts

CREATE FUNCTION applications_question_by_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (NEW.answered_at IS NOT NULL OR NEW.answered_by_id IS NOT NULL) THEN
            RAISE EXCEPTION 'a question begins without its answer'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'look_question_answered_once';
        END IF;
        RETURN NEW;
    END IF;
    -- A new key writes the texts anew as the owner, with no trigger of ours.
    IF ((NEW.look_id, NEW.asked_at, NEW.text)
        IS DISTINCT FROM (OLD.look_id, OLD.asked_at, OLD.text)
        OR (OLD.answered_at IS NOT NULL AND (NEW.answered_by_id, NEW.answered_at, NEW.answer)
            IS DISTINCT FROM (OLD.answered_by_id, OLD.answered_at, OLD.answer))) THEN
        RAISE EXCEPTION 'question %: it is answered once, and stays', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'look_question_answered_once';
    END IF;
    IF EXISTS (
        SELECT FROM applications_look l
        WHERE l.id = NEW.look_id AND applications_same_hands(l.account_id, NEW.answered_by_id)
    ) THEN
        RAISE EXCEPTION 'question %: who looked does not answer for it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'look_question_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER look_question_by_another BEFORE INSERT OR UPDATE ON applications_lookquestion
    FOR EACH ROW EXECUTE FUNCTION applications_question_by_another();

CREATE FUNCTION applications_opening_by_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.reviewed_at IS NOT NULL THEN
            RAISE EXCEPTION 'an opening begins without its review'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'opening_reviewed_once';
        END IF;
        RETURN NEW;
    END IF;
    IF ((NEW.application_id, NEW.by_id, NEW.reason_code, NEW.opened_at, NEW.until_at, NEW.due_at,
            NEW.text)
        IS DISTINCT FROM (OLD.application_id, OLD.by_id, OLD.reason_code, OLD.opened_at,
            OLD.until_at, OLD.due_at, OLD.text)
        OR (OLD.reviewed_at IS NOT NULL
            AND (NEW.reviewed_by_id, NEW.reviewed_at, NEW.accepted, NEW.review_text)
            IS DISTINCT FROM
            (OLD.reviewed_by_id, OLD.reviewed_at, OLD.accepted, OLD.review_text))) THEN
        RAISE EXCEPTION 'opening %: it is reviewed once, and stays', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opening_reviewed_once';
    END IF;
    IF applications_same_hands(NEW.by_id, NEW.reviewed_by_id) THEN
        RAISE EXCEPTION 'opening %: who opened it does not review it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opening_reviewed_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER opening_by_another BEFORE INSERT OR UPDATE ON applications_opening
    FOR EACH ROW EXECUTE FUNCTION applications_opening_by_another();

REVOKE UPDATE, DELETE, TRUNCATE ON applications_lookquestion, applications_opening
    FROM guichet_application;
GRANT UPDATE (answered_by_id, answered_at, answer) ON applications_lookquestion
    TO guichet_application;
GRANT UPDATE (reviewed_by_id, reviewed_at, accepted, review_text) ON applications_opening
    TO guichet_application;
