-- squawk-ignore-file
-- What was typed and not sent stands with a draft that is open, and goes when that has ended:
-- sent in, made a case, withdrawn or forgotten, by whatever way.
-- In: rows of applications_unsentanswers, of saved drafts and of cases. Out: the row, or an error
-- with the rule's name. Locks: the draft or the case FOR SHARE, which its writer holds already.
CREATE FUNCTION applications_unsent_is_of_a_draft() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM applications_saveddraft WHERE id = NEW.draft_id AND ended_at IS NULL FOR SHARE;
    IF FOUND THEN
        RETURN NEW;
    END IF;
    PERFORM FROM applications_application
        WHERE id = NEW.application_id AND status = 'DRAFT' FOR SHARE;
    IF FOUND THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'unsent answers stand with a draft that is open'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'unsent_is_of_an_open_draft';
END $$;
CREATE TRIGGER unsent_is_of_an_open_draft BEFORE INSERT OR UPDATE ON applications_unsentanswers
    FOR EACH ROW EXECUTE FUNCTION applications_unsent_is_of_a_draft();

CREATE FUNCTION applications_unsent_goes() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'applications_saveddraft' THEN
        DELETE FROM applications_unsentanswers WHERE draft_id = NEW.id;
    ELSE
        DELETE FROM applications_unsentanswers WHERE application_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER unsent_goes_with_its_draft AFTER UPDATE OF ended_at ON applications_saveddraft
    FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION applications_unsent_goes();
CREATE TRIGGER unsent_goes_with_its_draft AFTER UPDATE OF status ON applications_application
    FOR EACH ROW WHEN (OLD.status = 'DRAFT' AND NEW.status <> 'DRAFT')
    EXECUTE FUNCTION applications_unsent_goes();
