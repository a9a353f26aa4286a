-- A paper whose payment was taken back is neither signed nor sealed until it is let go.
-- In: `withheld_at` of documents_paper, set and cleared by documents.operations. Out: an exception.
-- Locks: none of its own; whoever withholds, signs or seals holds the paper's row.
ALTER TABLE documents_paper ADD COLUMN withheld_at timestamptz;

CREATE FUNCTION documents_withheld_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM documents_paper p WHERE p.id = NEW.paper_id AND p.withheld_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'paper % is withheld', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'withheld_paper_is_not_signed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER withheld_paper_is_not_signed BEFORE INSERT ON documents_paperfile
    FOR EACH ROW WHEN (NEW.step <> 'rendered') EXECUTE FUNCTION documents_withheld_guard();

-- What is issued is out of our hands: there is nothing left to withhold.
CREATE FUNCTION documents_issued_is_out() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'paper % is issued', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_paper_is_not_withheld';
END $$;
CREATE TRIGGER issued_paper_is_not_withheld BEFORE UPDATE ON documents_paper
    FOR EACH ROW WHEN (NEW.state = 'ISSUED' AND NEW.withheld_at IS NOT NULL)
    EXECUTE FUNCTION documents_issued_is_out();
