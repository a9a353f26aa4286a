-- What the code on a paper says is signed by the state's key for codes while that is in force, for
-- a paper that has its number and is not drawn yet; and never changed.
ALTER TABLE documents_paperclaims ADD CONSTRAINT paper_claims_fit_on_a_code
    CHECK (octet_length(cose) BETWEEN 1 AND 900);

CREATE FUNCTION documents_paperclaims_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM documents_paper p
        WHERE p.id = NEW.paper_id AND p.state = 'REQUESTED' AND p.number IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'paper % has no number yet, or is drawn already', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_claims_before_it_is_drawn';
    END IF;
    IF NOT EXISTS (
        SELECT FROM documents_credential c
        WHERE c.id = NEW.credential_id AND c.purpose = 'qr' AND c.state = 'active'
          AND NEW.created_at BETWEEN c.not_before AND c.not_after
    ) THEN
        RAISE EXCEPTION 'credential % signs no codes now', NEW.credential_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_claims_by_a_live_credential';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_paperclaims_guard BEFORE INSERT ON documents_paperclaims
    FOR EACH ROW EXECUTE FUNCTION documents_paperclaims_guard();
