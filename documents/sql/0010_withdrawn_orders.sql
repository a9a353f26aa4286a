-- An order that was taken back signs nothing more.
-- In: rows of documents_mandatewithdrawal and documents_paperfile. Out: an exception that names
-- the rule. Locks: none of its own; whoever signs or withdraws holds the papers' rows.

CREATE FUNCTION documents_withdrawal_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM documents_mandate m
        WHERE m.id = NEW.mandate_id AND m.officer_id = NEW.by_id AND m.created_at <= NEW.at
    ) THEN
        RAISE EXCEPTION 'mandate % is taken back by its officer', NEW.mandate_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_withdrawn_by_its_officer';
    END IF;
    IF NOT EXISTS (
        SELECT FROM documents_mandateitem i
        JOIN documents_paper p ON p.id = i.paper_id AND p.state = 'RENDERED'
        WHERE i.mandate_id = NEW.mandate_id
    ) THEN
        RAISE EXCEPTION 'mandate % is carried out', NEW.mandate_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_withdrawn_while_unsigned';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_withdrawal_guard BEFORE INSERT ON documents_mandatewithdrawal
    FOR EACH ROW EXECUTE FUNCTION documents_withdrawal_guard();

CREATE FUNCTION documents_order_stands() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM documents_mandateitem i
        JOIN documents_mandate m ON m.id = i.mandate_id
        LEFT JOIN documents_mandatewithdrawal w ON w.mandate_id = m.id
        WHERE i.paper_id = NEW.paper_id AND w.id IS NULL
            AND NEW.created_at BETWEEN m.created_at AND m.until
    ) THEN
        RAISE EXCEPTION 'paper %: the order to sign it was taken back', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawn_order_signs_nothing';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_stands BEFORE INSERT ON documents_paperfile
    FOR EACH ROW WHEN (NEW.step = 'signed') EXECUTE FUNCTION documents_order_stands();
