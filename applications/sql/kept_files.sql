-- A file is kept once, whoever gave it: it is never erased while a paper, a guardian's proof, a cited
-- entry, a letter or a case that was sent in names it; and what is erased is named by nothing new.
-- In: rows of kernel_stored_file, and of the tables that name one. Out: an exception with the rule.
-- Locks: FOR KEY SHARE on the file that is named, so that erasing it waits, and is waited for.
-- squawk-ignore-file

CREATE FUNCTION applications_file_is_needed(name text) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM documents_paperfile f WHERE f.sha256 = name)
        OR EXISTS (SELECT FROM registers_paperentry e WHERE e.scan_sha256 = name)
        OR EXISTS (SELECT FROM accounts_guardianship g WHERE g.proof_sha256 = name)
        OR EXISTS (SELECT FROM applications_helpconsent c WHERE c.scan_sha256 = name)
        OR EXISTS (
            SELECT FROM applications_attachment a
            JOIN applications_application p ON p.id = a.application_id
            WHERE a.sha256 = name AND (p.status <> 'WITHDRAWN' OR p.submitted_at IS NOT NULL)
        )
$$;

CREATE FUNCTION applications_file_needed_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF applications_file_is_needed(NEW.sha256) THEN
        RAISE EXCEPTION 'a file that is needed is not erased'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'file_needed_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER file_needed_stays BEFORE UPDATE OF erased_at ON kernel_stored_file
    FOR EACH ROW WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL)
    EXECUTE FUNCTION applications_file_needed_stays();

-- Its one argument is the column that names the file.
CREATE FUNCTION applications_named_file_is_there() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone timestamptz;
BEGIN
    SELECT f.erased_at INTO gone FROM kernel_stored_file f
        WHERE f.sha256 = to_jsonb(NEW) ->> TG_ARGV[0] FOR KEY SHARE;
    IF gone IS NOT NULL THEN
        RAISE EXCEPTION 'a file that was erased is given anew before it is named'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'named_file_is_there';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER named_file_is_there BEFORE INSERT ON documents_paperfile
    FOR EACH ROW EXECUTE FUNCTION applications_named_file_is_there('sha256');
CREATE TRIGGER named_file_is_there BEFORE INSERT ON registers_paperentry
    FOR EACH ROW EXECUTE FUNCTION applications_named_file_is_there('scan_sha256');
CREATE TRIGGER named_file_is_there BEFORE INSERT ON accounts_guardianship
    FOR EACH ROW EXECUTE FUNCTION applications_named_file_is_there('proof_sha256');
CREATE TRIGGER named_file_is_there BEFORE INSERT OR UPDATE OF scan_sha256 ON applications_helpconsent
    FOR EACH ROW EXECUTE FUNCTION applications_named_file_is_there('scan_sha256');
CREATE TRIGGER named_file_is_there BEFORE INSERT ON applications_attachment
    FOR EACH ROW EXECUTE FUNCTION applications_named_file_is_there('sha256');
