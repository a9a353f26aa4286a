-- An entry that no register of a gateway holds is copied from the paper register, with its scan.
-- In: rows written by registers.operations. Out: an exception that names the rule.
-- Locks: none beyond the row being written.

-- Such a row is of an act that was cited from paper.
CREATE FUNCTION registers_paperentry_of_paper() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM registers_citedentry e WHERE e.id = NEW.entry_id AND e.source = 'paper'
    ) THEN
        RAISE EXCEPTION 'entry % was not cited from paper', NEW.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_entry_of_paper';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registers_paperentry_of_paper BEFORE INSERT ON registers_paperentry
    FOR EACH ROW EXECUTE FUNCTION registers_paperentry_of_paper();

-- At commit: what is cited from paper has its scan, and somebody who read it.
CREATE FUNCTION registers_paper_has_its_scan() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM registers_paperentry p WHERE p.entry_id = NEW.id) THEN
        RAISE EXCEPTION 'entry % is cited from paper without a scan', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_entry_has_its_scan';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER registers_paper_has_its_scan AFTER INSERT ON registers_citedentry
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.source = 'paper')
    EXECUTE FUNCTION registers_paper_has_its_scan();
