-- Each revision of a paper's file is a row; later ones only add to what was issued.
-- In: rows written by documents.operations. Out: an exception that names the rule; documents_proof,
-- which follows the newest revision of each issued paper.
-- Locks: whoever adds a revision holds the paper's row; its proof is written after that.

-- Revisions run without a gap, each begins with the one before it, and nothing is proven worse
-- than it was.
CREATE FUNCTION documents_revision_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before documents_paperfile%ROWTYPE;
BEGIN
    SELECT * INTO before FROM documents_paperfile
    WHERE paper_id = NEW.paper_id ORDER BY revision DESC LIMIT 1;
    IF NEW.revision <> coalesce(before.revision, 0) + 1
       OR NEW.previous_size <> coalesce(before.size, 0) THEN
        RAISE EXCEPTION 'paper %: revision % does not follow on %', NEW.paper_id, NEW.revision,
            coalesce(before.revision, 0)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_file_follows_the_last';
    END IF;
    IF (NEW.step = 'rendered') <> (before.id IS NULL) THEN
        RAISE EXCEPTION 'paper % is drawn first, and once', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_file_drawn_first';
    END IF;
    IF NEW.size <= NEW.previous_size THEN
        RAISE EXCEPTION 'paper %: a revision adds to the one before', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_file_only_grows';
    END IF;
    IF NEW.step IN ('rendered', 'signed', 'sealed') THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM documents_paper p
        WHERE p.id = NEW.paper_id
          AND p.state IN ('ISSUED', 'SUSPENDED', 'SUPERSEDED', 'REVOKED', 'ENDED')
    ) THEN
        RAISE EXCEPTION 'paper % is not out', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_file_added_when_out';
    END IF;
    IF NOT coalesce(CASE NEW.step WHEN 'stamped' THEN before.pades_level = 'B-B'
                                  WHEN 'augmented' THEN before.pades_level = 'B-T'
                                  WHEN 'refreshed' THEN before.pades_level = 'B-LTA' END, false) THEN
        RAISE EXCEPTION 'paper % is %, which is not to be %', NEW.paper_id, before.pades_level,
            NEW.step
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_file_level_never_falls';
    END IF;
    IF NEW.stamped_at < before.stamped_at THEN
        RAISE EXCEPTION 'paper %: a later stamp has a later time', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_file_stamped_later';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_revision_guard BEFORE INSERT ON documents_paperfile
    FOR EACH ROW EXECUTE FUNCTION documents_revision_guard();

-- The rules of keys and mandates are about what keys of ours make.
CREATE TRIGGER documents_paperfile_guard BEFORE INSERT ON documents_paperfile
    FOR EACH ROW WHEN (NEW.step IN ('rendered', 'signed', 'sealed'))
    EXECUTE FUNCTION documents_paperfile_guard();
CREATE TRIGGER withheld_paper_is_not_signed BEFORE INSERT ON documents_paperfile
    FOR EACH ROW WHEN (NEW.step <> 'rendered') EXECUTE FUNCTION documents_withheld_guard();

CREATE FUNCTION documents_proof_follows() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO documents_proof (paper_id, revision, pades_level, stamped_at, stamp_until)
    VALUES (NEW.paper_id, NEW.revision, NEW.pades_level, NEW.stamped_at, NEW.stamp_until)
    ON CONFLICT (paper_id) DO UPDATE
    SET revision = excluded.revision, pades_level = excluded.pades_level,
        stamped_at = excluded.stamped_at, stamp_until = excluded.stamp_until, lease_until = NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER documents_proof_follows AFTER INSERT ON documents_paperfile
    FOR EACH ROW WHEN (NEW.step NOT IN ('rendered', 'signed'))
    EXECUTE FUNCTION documents_proof_follows();

-- A proof says what the newest revision says, whoever writes it.
CREATE FUNCTION documents_proof_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a proof is never deleted'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'proof_kept';
    END IF;
    IF (TG_OP = 'INSERT' OR (to_jsonb(NEW) - 'lease_until') <> (to_jsonb(OLD) - 'lease_until'))
       AND (NEW.revision, NEW.pades_level, NEW.stamped_at, NEW.stamp_until) IS DISTINCT FROM (
           SELECT (f.revision, f.pades_level, f.stamped_at, f.stamp_until)
           FROM documents_paperfile f
           WHERE f.paper_id = NEW.paper_id ORDER BY f.revision DESC LIMIT 1
       ) THEN
        RAISE EXCEPTION 'the proof of paper % is not its newest revision''s', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'proof_of_the_newest_revision';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_proof_guard BEFORE INSERT OR UPDATE OR DELETE ON documents_proof
    FOR EACH ROW EXECUTE FUNCTION documents_proof_guard();
REVOKE DELETE, TRUNCATE ON documents_proof FROM guichet_application;

-- Papers that were issued before: nobody stamped them.
INSERT INTO documents_proof (paper_id, revision, pades_level)
SELECT f.paper_id, f.revision, f.pades_level
FROM documents_paperfile f
WHERE f.step = 'sealed';
