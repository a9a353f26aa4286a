-- The rules of papers, said again where no code can forget them.
-- In: rows written by documents.operations. Out: an exception that names the rule.
-- Locks: none beyond the row being written; a series row is locked by its own upsert, taken last.

-- What a paper says is fixed at request; a number, once given, stays.
CREATE FUNCTION documents_paper_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a paper is never deleted'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'paper_kept';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'REQUESTED' OR NEW.number IS NOT NULL THEN
            RAISE EXCEPTION 'a paper begins requested and without a number'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_begins_requested';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.verification_id, NEW.purpose_key, NEW.paper_type, NEW.kind, NEW.template_version,
        NEW.language, NEW.facts, NEW.facts_sha256, NEW.cited_entry_id, NEW.office_id,
        NEW.officer_id, NEW.sealed_only, NEW.requested_at)
       IS DISTINCT FROM
       (OLD.verification_id, OLD.purpose_key, OLD.paper_type, OLD.kind, OLD.template_version,
        OLD.language, OLD.facts, OLD.facts_sha256, OLD.cited_entry_id, OLD.office_id,
        OLD.officer_id, OLD.sealed_only, OLD.requested_at)
       OR (OLD.number IS NOT NULL
           AND (NEW.number, NEW.series_year, NEW.series_no)
               IS DISTINCT FROM (OLD.number, OLD.series_year, OLD.series_no))
       OR (OLD.rendered_at IS NOT NULL AND NEW.rendered_at IS DISTINCT FROM OLD.rendered_at)
       OR (OLD.issued_at IS NOT NULL AND NEW.issued_at IS DISTINCT FROM OLD.issued_at) THEN
        RAISE EXCEPTION 'paper % says what it said when it was requested', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_frozen';
    END IF;
    IF OLD.number IS NULL AND NEW.number IS NOT NULL AND NOT EXISTS (
        SELECT FROM documents_numberseries s
        WHERE s.office_id = NEW.office_id AND s.paper_type = NEW.paper_type
          AND s.year = NEW.series_year AND s.last = NEW.series_no
    ) THEN
        RAISE EXCEPTION 'paper %: the number is not the last of its series', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_number_from_its_series';
    END IF;
    IF NEW.state <> OLD.state THEN
        IF NEW.state = 'SIGNED' AND NEW.sealed_only THEN
            RAISE EXCEPTION 'paper % has no officer to sign it', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_sealed_only';
        END IF;
        IF OLD.state = 'RENDERED' AND NEW.state = 'ISSUED' AND NOT NEW.sealed_only THEN
            RAISE EXCEPTION 'paper % lacks its officer''s signature', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_signed_before_sealed';
        END IF;
        IF NOT EXISTS (
            SELECT FROM documents_paperfile f
            WHERE f.paper_id = NEW.id
              AND f.step = CASE NEW.state WHEN 'RENDERED' THEN 'rendered'
                                          WHEN 'SIGNED' THEN 'signed' ELSE 'sealed' END
        ) THEN
            RAISE EXCEPTION 'paper % cannot be % without its file', OLD.id, NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_state_has_its_file';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_paper_guard BEFORE INSERT OR UPDATE OR DELETE ON documents_paper
    FOR EACH ROW EXECUTE FUNCTION documents_paper_guard();

-- A mandate names files of its own officer, as they are.
CREATE FUNCTION documents_mandateitem_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM documents_paper p
        JOIN documents_mandate m ON m.id = NEW.mandate_id AND m.officer_id = p.officer_id
        WHERE p.id = NEW.paper_id AND NOT p.sealed_only
    ) THEN
        RAISE EXCEPTION 'paper % is not the mandate''s officer''s', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mandate_of_its_own_officer';
    END IF;
    IF NOT EXISTS (
        SELECT FROM documents_paperfile f
        WHERE f.paper_id = NEW.paper_id AND f.step = 'rendered' AND f.sha256 = NEW.sha256
    ) THEN
        RAISE EXCEPTION 'paper % was not drawn with that hash', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mandate_of_the_file_as_drawn';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_mandateitem_guard BEFORE INSERT ON documents_mandateitem
    FOR EACH ROW EXECUTE FUNCTION documents_mandateitem_guard();

-- A signature needs the mandate of an officer in office for exactly the drawn file; a seal needs
-- the file before it.
CREATE FUNCTION documents_paperfile_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    paper documents_paper%ROWTYPE;
    signer documents_credential%ROWTYPE;
BEGIN
    SELECT * INTO STRICT paper FROM documents_paper WHERE id = NEW.paper_id;
    IF NEW.step = 'rendered' THEN
        IF paper.number IS NULL OR paper.state <> 'REQUESTED' THEN
            RAISE EXCEPTION 'paper % is not to be drawn', paper.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_drawn_when_numbered';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO STRICT signer FROM documents_credential WHERE id = NEW.credential_id;
    IF signer.state <> 'active'
       OR NEW.created_at NOT BETWEEN signer.not_before AND signer.not_after THEN
        RAISE EXCEPTION 'credential % is not in force', signer.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_file_by_a_live_credential';
    END IF;
    IF NEW.step = 'signed' THEN
        IF paper.sealed_only OR signer.account_id IS DISTINCT FROM paper.officer_id THEN
            RAISE EXCEPTION 'paper % is signed by its officer or by nobody', paper.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_signed_by_its_officer';
        END IF;
        IF NOT EXISTS (
            SELECT FROM documents_mandateitem i
            JOIN documents_mandate m ON m.id = i.mandate_id
            JOIN documents_paperfile f
              ON f.paper_id = i.paper_id AND f.step = 'rendered' AND f.sha256 = i.sha256
            JOIN accounts_account a ON a.id = m.officer_id AND a.is_active
            WHERE i.paper_id = paper.id AND m.officer_id = paper.officer_id
              AND NEW.created_at BETWEEN m.created_at AND m.until
        ) THEN
            RAISE EXCEPTION 'paper % has no mandate in force', paper.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_signed_by_mandate';
        END IF;
    ELSE
        IF signer.office_id IS DISTINCT FROM paper.office_id THEN
            RAISE EXCEPTION 'paper % is sealed by its office or by nobody', paper.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_sealed_by_its_office';
        END IF;
        IF NOT EXISTS (
            SELECT FROM documents_paperfile f
            WHERE f.paper_id = paper.id
              AND f.step = CASE WHEN paper.sealed_only THEN 'rendered' ELSE 'signed' END
        ) THEN
            RAISE EXCEPTION 'paper % has nothing to seal yet', paper.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_sealed_last';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_paperfile_guard BEFORE INSERT ON documents_paperfile
    FOR EACH ROW EXECUTE FUNCTION documents_paperfile_guard();

-- A series goes up by one, and each number of it is on a paper when the transaction ends.
CREATE FUNCTION documents_numberseries_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a number series is never deleted'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'number_series_kept';
    END IF;
    IF (TG_OP = 'INSERT' AND NEW.last <> 1)
       OR (TG_OP = 'UPDATE' AND (NEW.last <> OLD.last + 1
           OR (NEW.office_id, NEW.paper_type, NEW.year)
              IS DISTINCT FROM (OLD.office_id, OLD.paper_type, OLD.year))) THEN
        RAISE EXCEPTION 'a number series goes up by one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'number_series_by_one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_numberseries_guard
    BEFORE INSERT OR UPDATE OR DELETE ON documents_numberseries
    FOR EACH ROW EXECUTE FUNCTION documents_numberseries_guard();

CREATE FUNCTION documents_numberseries_used() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM documents_paper p
        WHERE p.office_id = NEW.office_id AND p.paper_type = NEW.paper_type
          AND p.series_year = NEW.year AND p.series_no = NEW.last
    ) THEN
        RAISE EXCEPTION 'number % of the series is on no paper', NEW.last
            USING ERRCODE = 'check_violation', CONSTRAINT = 'number_series_without_gaps';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER documents_numberseries_used
    AFTER INSERT OR UPDATE ON documents_numberseries DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION documents_numberseries_used();

-- A credential's certificate and owner never change, and revoked is the end.
CREATE FUNCTION documents_credential_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a credential is never deleted'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'credential_kept';
    END IF;
    IF (to_jsonb(NEW) - 'state') <> (to_jsonb(OLD) - 'state')
       OR (OLD.state = 'revoked' AND NEW.state <> 'revoked') THEN
        RAISE EXCEPTION 'credential %: only its state may change, and revoked is the end', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_credential_guard BEFORE UPDATE OR DELETE ON documents_credential
    FOR EACH ROW EXECUTE FUNCTION documents_credential_guard();

REVOKE DELETE, TRUNCATE ON documents_paper, documents_numberseries, documents_credential
    FROM guichet_application;
