CREATE OR REPLACE FUNCTION payments_check_journal_not_empty() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payments_posting p WHERE p.journal_id = NEW.id) THEN
        RAISE EXCEPTION 'journal % has no lines', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_has_lines';
    END IF;
    RETURN NULL;
END $$;
