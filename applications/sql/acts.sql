-- Notes, transfers, second approvals and approvals undone, said again by PostgreSQL.
-- In: rows written by applications.operations. Out: an exception that names the rule.
-- Locks: none beyond the rows that are written.
-- squawk-ignore-file constraint-missing-not-valid

-- Sealed text is one byte of key, twelve of nonce, sixteen of tag: 2000 characters are 8000 bytes
-- at most, 500 are 2000.
ALTER TABLE applications_casenote ADD CONSTRAINT note_has_words
    CHECK (octet_length(text) BETWEEN 30 AND 8029);
ALTER TABLE applications_transfer ADD CONSTRAINT transfer_text_bounded
    CHECK (octet_length(text) <= 2029);
ALTER TABLE applications_secondapproval ADD CONSTRAINT second_declined_with_words
    CHECK (octet_length(text) <= 2029 AND (approved OR octet_length(text) >= 30));

-- A case goes to an office that is open, and not back to where it was, unless a supervisor says so.
CREATE FUNCTION applications_transfer_leads_on() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM places_office o WHERE o.id = NEW.to_office_id AND o.active) THEN
        RAISE EXCEPTION 'case %: office % is closed', NEW.application_id, NEW.to_office_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_to_an_open_office';
    END IF;
    IF NEW.by_supervisor THEN
        RETURN NEW;
    END IF;
    IF (NEW.to_office_id <> NEW.from_office_id AND EXISTS (
            SELECT FROM applications_statuschange c
            WHERE c.application_id = NEW.application_id AND c.office_id = NEW.to_office_id
        ))
        OR (NEW.to_office_id = NEW.from_office_id AND EXISTS (
            SELECT FROM applications_transfer t
            WHERE t.application_id = NEW.application_id AND t.from_officer_id = NEW.to_officer_id
        )) THEN
        RAISE EXCEPTION 'case % would go in a circle', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_in_no_circle';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_leads_on BEFORE INSERT ON applications_transfer
    FOR EACH ROW EXECUTE FUNCTION applications_transfer_leads_on();

-- One pair of hands: the same account, or two accounts of one person.
CREATE FUNCTION applications_same_hands(one bigint, other bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT one = other OR EXISTS (
        SELECT FROM accounts_account a
        JOIN accounts_account b ON b.person_id = a.person_id
        WHERE a.id = one AND b.id = other
    )
$$;

-- Whoever seconds an approval, or declines to, has made no step of the case, and says so in a row.
CREATE FUNCTION applications_second_is_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.changed_by_id IS NULL OR EXISTS (
        SELECT FROM applications_statuschange c
        WHERE c.application_id = NEW.application_id AND c.source = 'UNDER_REVIEW'
            AND c.target IN ('AWAITING_COMPLETION', 'AWAITING_SECOND', 'REFUSED')
            AND applications_same_hands(c.changed_by_id, NEW.changed_by_id)
    ) THEN
        RAISE EXCEPTION 'case %: who made a step of it cannot second it', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'second_is_another';
    END IF;
    IF NOT EXISTS (
        SELECT FROM applications_secondapproval s
        WHERE s.application_id = NEW.application_id AND s.version = NEW.version
            AND s.second_id = NEW.changed_by_id AND s.approved = (NEW.target = 'APPROVED')
    ) THEN
        RAISE EXCEPTION 'case %: no second officer has spoken', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'second_is_told';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER second_is_another BEFORE INSERT ON applications_statuschange
    FOR EACH ROW WHEN (
        NEW.source = 'AWAITING_SECOND' AND NEW.target IN ('APPROVED', 'UNDER_REVIEW')
    )
    EXECUTE FUNCTION applications_second_is_another();

-- What was cited from paper is approved by two, and so is what the service wants two for; a
-- register that issues by itself (`by_register`) has no officer who could err.
CREATE FUNCTION applications_approved_by_two() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM registers_citedentry e WHERE e.id = NEW.cited_entry_id AND e.source = 'paper'
    ) OR (OLD.status <> 'PAID' AND EXISTS (
        SELECT FROM catalogue_serviceversion v
        WHERE v.id = NEW.service_version_id AND v.definition ->> 'second_approval' = 'true'
    )) THEN
        RAISE EXCEPTION 'case %: it is approved by two officers', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_approved_by_two';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_approved_by_two BEFORE UPDATE OF status ON applications_application
    FOR EACH ROW WHEN (
        NEW.status = 'APPROVED' AND OLD.status NOT IN ('APPROVED', 'AWAITING_SECOND', 'PAYMENT_HELD')
    )
    EXECUTE FUNCTION applications_approved_by_two();

-- A case is held where it is, and goes on from there and from nowhere else: a reversal of money
-- skips no officer.
CREATE FUNCTION applications_held_goes_back() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.status = 'PAYMENT_HELD' AND NEW.held_from <> OLD.status)
        OR (OLD.status = 'PAYMENT_HELD' AND NEW.status <> OLD.held_from) THEN
        RAISE EXCEPTION 'case %: held money leads back to where it was held', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'held_case_goes_back';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER held_case_goes_back BEFORE UPDATE OF status ON applications_application
    FOR EACH ROW WHEN (
        OLD.status <> NEW.status AND 'PAYMENT_HELD' IN (OLD.status, NEW.status)
    )
    EXECUTE FUNCTION applications_held_goes_back();

-- What a case is about never changes; what was given changes only while it is the applicant's
-- turn. Its entry and its paper stay until an approval is undone, before anybody is ordered to
-- sign: then the case lets go of both, and of the entry alone where a second officer declined.
CREATE OR REPLACE FUNCTION applications_keeps_its_word() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    undone boolean := OLD.status IN ('APPROVED', 'AWAITING_SIGNATURE')
        AND NEW.status = 'UNDER_REVIEW';
    declined boolean := OLD.status = 'AWAITING_SECOND' AND NEW.status = 'UNDER_REVIEW';
BEGIN
    IF (NEW.number, NEW.holder_id, NEW.account_id, NEW.service_code)
        IS DISTINCT FROM (OLD.number, OLD.holder_id, OLD.account_id, OLD.service_code) THEN
        RAISE EXCEPTION 'case %: number, holder, applicant and service never change', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_keeps_its_subject';
    END IF;
    IF (NEW.answers, NEW.private_answers, NEW.service_version_id)
        IS DISTINCT FROM (OLD.answers, OLD.private_answers, OLD.service_version_id)
        AND OLD.status NOT IN ('DRAFT', 'AWAITING_COMPLETION') THEN
        RAISE EXCEPTION 'case %: answers change only in the applicant''s turn', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_answers_in_her_turn';
    END IF;
    IF undone AND (NEW.paper_id IS NOT NULL OR NEW.cited_entry_id IS NOT NULL OR NOT EXISTS (
        SELECT FROM applications_undoneapproval u JOIN documents_paper p ON p.id = u.paper_id
        WHERE u.application_id = OLD.id AND u.version = NEW.version
            AND u.paper_id = OLD.paper_id AND p.state = 'ABANDONED'
    )) THEN
        RAISE EXCEPTION 'case %: who undoes an approval gives its paper up', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_undone_gives_up_its_paper';
    END IF;
    IF NOT undone AND (
        (OLD.paper_id IS NOT NULL AND NEW.paper_id IS DISTINCT FROM OLD.paper_id)
        OR (OLD.cited_entry_id IS NOT NULL
            AND NEW.cited_entry_id IS DISTINCT FROM OLD.cited_entry_id
            AND (NOT declined OR NEW.cited_entry_id IS NOT NULL))
    ) THEN
        RAISE EXCEPTION 'case %: its entry and its paper stay', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_keeps_its_paper';
    END IF;
    IF NEW.version < OLD.version THEN
        RAISE EXCEPTION 'case %: its version only grows', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_version_grows';
    END IF;
    RETURN NEW;
END $$;

-- A drawn original is given up where its approval was undone and nobody was ever ordered to sign
-- it. A reissue, as before, wherever nobody will sign it. Both keep their numbers and all they say.
CREATE OR REPLACE FUNCTION documents_paper_abandoned() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.replaces_id IS NULL AND (
        OLD.state <> 'RENDERED'
        OR NOT EXISTS (SELECT FROM applications_undoneapproval u WHERE u.paper_id = NEW.id)
        OR EXISTS (SELECT FROM documents_mandateitem i WHERE i.paper_id = NEW.id)
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
