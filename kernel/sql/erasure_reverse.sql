-- squawk-ignore-file
DROP TABLE kernel_index_progress;
DROP TABLE kernel_new_index;
DROP TABLE kernel_index_key;
CREATE OR REPLACE FUNCTION kernel_file_stays() RETURNS trigger LANGUAGE plpgsql
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
DROP FUNCTION kernel_only_emptied(jsonb, jsonb, text[]);
DROP FUNCTION kernel_says_nothing(jsonb);
