-- squawk-ignore-file
DROP TRIGGER export_ends_once ON applications_dataexport;
DROP FUNCTION applications_export_ends_once();
DROP TRIGGER help_of_somebody ON applications_assistance;
DROP TRIGGER case_of_somebody ON applications_application;
DROP FUNCTION applications_of_somebody();
DROP TRIGGER erasure_of_every_case ON accounts_erasure;
DROP FUNCTION applications_erasure_is_whole();
DROP TRIGGER erased_case_is_empty ON applications_erasedcase;
DROP FUNCTION applications_erased_case_rules();
REVOKE UPDATE (text) ON applications_opening FROM guichet_application;
REVOKE UPDATE (text) ON applications_lookquestion FROM guichet_application;
REVOKE UPDATE (note) ON applications_completionrequest FROM guichet_application;
CREATE OR REPLACE FUNCTION applications_file_is_needed(name text) RETURNS boolean
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
CREATE OR REPLACE FUNCTION applications_arrival_by_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.arrived_at IS NOT NULL OR (
        to_jsonb(NEW) - ARRAY['told_at', 'arrived_by_id', 'arrived_at', 'arrived_note']
        <> to_jsonb(OLD) - ARRAY['told_at', 'arrived_by_id', 'arrived_at', 'arrived_note']
    ) THEN
        RAISE EXCEPTION 'hand-over %: it arrives once, as it was handed over', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_over_arrives_once';
    END IF;
    IF NEW.arrived_by_id IS NOT NULL
        AND applications_same_hands(NEW.by_id, NEW.arrived_by_id) THEN
        RAISE EXCEPTION 'hand-over %: who sent it does not say that it arrived', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'arrival_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION applications_opening_by_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.reviewed_at IS NOT NULL THEN
            RAISE EXCEPTION 'an opening begins without its review'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'opening_reviewed_once';
        END IF;
        RETURN NEW;
    END IF;
    IF ((NEW.application_id, NEW.by_id, NEW.reason_code, NEW.opened_at, NEW.until_at, NEW.due_at,
            NEW.text)
        IS DISTINCT FROM (OLD.application_id, OLD.by_id, OLD.reason_code, OLD.opened_at,
            OLD.until_at, OLD.due_at, OLD.text)
        OR (OLD.reviewed_at IS NOT NULL
            AND (NEW.reviewed_by_id, NEW.reviewed_at, NEW.accepted, NEW.review_text)
            IS DISTINCT FROM
            (OLD.reviewed_by_id, OLD.reviewed_at, OLD.accepted, OLD.review_text))) THEN
        RAISE EXCEPTION 'opening %: it is reviewed once, and stays', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opening_reviewed_once';
    END IF;
    IF applications_same_hands(NEW.by_id, NEW.reviewed_by_id) THEN
        RAISE EXCEPTION 'opening %: who opened it does not review it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opening_reviewed_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION applications_question_by_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (NEW.answered_at IS NOT NULL OR NEW.answered_by_id IS NOT NULL) THEN
            RAISE EXCEPTION 'a question begins without its answer'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'look_question_answered_once';
        END IF;
        RETURN NEW;
    END IF;
    -- A new key writes the texts anew as the owner, with no trigger of ours.
    IF ((NEW.look_id, NEW.asked_at, NEW.text)
        IS DISTINCT FROM (OLD.look_id, OLD.asked_at, OLD.text)
        OR (OLD.answered_at IS NOT NULL AND (NEW.answered_by_id, NEW.answered_at, NEW.answer)
            IS DISTINCT FROM (OLD.answered_by_id, OLD.answered_at, OLD.answer))) THEN
        RAISE EXCEPTION 'question %: it is answered once, and stays', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'look_question_answered_once';
    END IF;
    IF EXISTS (
        SELECT FROM applications_look l
        WHERE l.id = NEW.look_id AND applications_same_hands(l.account_id, NEW.answered_by_id)
    ) THEN
        RAISE EXCEPTION 'question %: who looked does not answer for it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'look_question_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION applications_completion_answered_once() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL THEN
        RAISE EXCEPTION 'completion % is answered', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'completion_answered_once';
    END IF;
    RETURN NEW;
END $$;
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
            AND u.paper_id = OLD.paper_id AND p.state IN ('ABANDONED', 'REQUESTED')
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
DROP TRIGGER help_step_stays ON applications_helpstep;
REVOKE UPDATE (text) ON applications_casenote FROM guichet_application;
DROP TRIGGER applications_casenote_only_emptied ON applications_casenote;
DROP TRIGGER applications_casenote_append_only ON applications_casenote;
CREATE TRIGGER applications_casenote_append_only BEFORE UPDATE OR DELETE ON applications_casenote
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
REVOKE UPDATE (text) ON applications_transfer FROM guichet_application;
DROP TRIGGER applications_transfer_only_emptied ON applications_transfer;
DROP TRIGGER applications_transfer_append_only ON applications_transfer;
CREATE TRIGGER applications_transfer_append_only BEFORE UPDATE OR DELETE ON applications_transfer
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
REVOKE UPDATE (text) ON applications_secondapproval FROM guichet_application;
DROP TRIGGER applications_secondapproval_only_emptied ON applications_secondapproval;
DROP TRIGGER applications_secondapproval_append_only ON applications_secondapproval;
CREATE TRIGGER applications_secondapproval_append_only BEFORE UPDATE OR DELETE ON applications_secondapproval
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
REVOKE UPDATE (text) ON applications_appeal FROM guichet_application;
DROP TRIGGER applications_appeal_only_emptied ON applications_appeal;
DROP TRIGGER applications_appeal_append_only ON applications_appeal;
CREATE TRIGGER applications_appeal_append_only BEFORE UPDATE OR DELETE ON applications_appeal
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
REVOKE UPDATE (note) ON applications_refusal FROM guichet_application;
DROP TRIGGER applications_refusal_only_emptied ON applications_refusal;
DROP TRIGGER applications_refusal_append_only ON applications_refusal;
CREATE TRIGGER applications_refusal_append_only BEFORE UPDATE OR DELETE ON applications_refusal
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
REVOKE UPDATE (authority, proof_ends) ON applications_givenpaper FROM guichet_application;
DROP TRIGGER applications_givenpaper_only_emptied ON applications_givenpaper;
DROP TRIGGER applications_givenpaper_append_only ON applications_givenpaper;
CREATE TRIGGER applications_givenpaper_append_only BEFORE UPDATE OR DELETE ON applications_givenpaper
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
DROP FUNCTION applications_append_only();
DROP FUNCTION applications_may_empty(jsonb, jsonb, text[]);
DROP FUNCTION applications_holder_of(jsonb);
