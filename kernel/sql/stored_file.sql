-- A kept file is what it is: its key may be taken away once, which erases it, and one that was
-- erased may be kept anew, or have its key sealed anew by the owner.
-- In: rows of kernel_stored_file. Out: an exception that names the rule. Locks: none beyond the row.
-- squawk-ignore-file

GRANT UPDATE (sealed_as, data_key, erased_at) ON kernel_stored_file TO guichet_application;

CREATE FUNCTION kernel_file_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['sealed_as', 'data_key', 'erased_at'];
    is_erased boolean := OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
        AND NEW.data_key IS NULL AND NEW.sealed_as = OLD.sealed_as;
    is_kept_anew boolean := OLD.erased_at IS NOT NULL AND NEW.erased_at IS NULL
        AND (NEW.data_key IS NOT NULL OR NEW.sealed_as = '');
BEGIN
    IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) OR NOT (is_erased OR is_kept_anew) THEN
        RAISE EXCEPTION 'a kept file is what it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'file_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER file_stays BEFORE UPDATE ON kernel_stored_file
    FOR EACH ROW EXECUTE FUNCTION kernel_file_stays();
