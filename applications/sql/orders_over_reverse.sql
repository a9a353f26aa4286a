-- The function as 0011 of this app made it.
CREATE OR REPLACE FUNCTION documents_paper_abandoned() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.replaces_id IS NULL AND (
        OLD.state <> 'RENDERED'
        OR NOT EXISTS (SELECT FROM applications_undoneapproval u WHERE u.paper_id = NEW.id)
        OR EXISTS (
            SELECT FROM documents_mandateitem i
            LEFT JOIN documents_mandatewithdrawal w ON w.mandate_id = i.mandate_id
            WHERE i.paper_id = NEW.id AND w.id IS NULL
        )
    ) THEN
        RAISE EXCEPTION 'paper % is no reissue: it waits for its officer', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_abandoned_is_a_reissue';
    END IF;
    IF (to_jsonb(NEW) - 'state' - 'lease_until') <> (to_jsonb(OLD) - 'state' - 'lease_until') THEN
        RAISE EXCEPTION 'paper % is abandoned as it is', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_frozen';
    END IF;
    RETURN NEW;
END $$;
