-- A draft that was forgotten, or became a case, stays so: nothing is written into it again, and it
-- is never deleted, so that its link can say what became of it.
-- In: a row as it stands and as it would be. Locks: none beyond the row's own.
-- squawk-ignore-file

CREATE FUNCTION applications_ended_draft_stays() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a saved draft is emptied, not deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'saved_draft_is_never_deleted';
    END IF;
    IF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'a saved draft that has ended stays as it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_draft_stays';
    END IF;
    IF NEW.key <> OLD.key OR NEW.service_code <> OLD.service_code THEN
        RAISE EXCEPTION 'a saved draft keeps its key and its service'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'saved_draft_keeps_its_key';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER ended_draft_stays
BEFORE UPDATE OR DELETE ON applications_saveddraft
FOR EACH ROW EXECUTE FUNCTION applications_ended_draft_stays();
