-- An approval may be undone again where no order to sign its paper is left: each was taken back
-- unsigned, or its time was over when the approval was undone.
-- In: papers that are abandoned. Out: an exception that names the rule.
-- Locks: none of its own; whoever gives a paper up, or signs it, holds its row.
CREATE OR REPLACE FUNCTION documents_paper_abandoned() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.replaces_id IS NULL AND (
        OLD.state <> 'RENDERED'
        OR NOT EXISTS (SELECT FROM applications_undoneapproval u WHERE u.paper_id = NEW.id)
        OR EXISTS (
            SELECT FROM documents_mandateitem i
            JOIN documents_mandate m ON m.id = i.mandate_id
            LEFT JOIN documents_mandatewithdrawal w ON w.mandate_id = i.mandate_id
            WHERE i.paper_id = NEW.id AND w.id IS NULL AND m.until >= (
                SELECT max(u.at) FROM applications_undoneapproval u WHERE u.paper_id = NEW.id
            )
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
