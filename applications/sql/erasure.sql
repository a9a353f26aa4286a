-- What an erasure that two people decided may empty in the rows of a case, and nothing else may.
-- In:  rows of the tables that hold words about the holder of a case.
-- Out: the row, or an error with the constraint's name.
-- Locks: none beyond the rows that are written.
-- squawk-ignore-file

-- Whose case a row is about: it names the case, the help with it, or the look at it.
CREATE FUNCTION applications_holder_of(told jsonb) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE
        WHEN told ? 'holder_id' THEN (told ->> 'holder_id')::bigint
        WHEN told ? 'application_id' THEN (
            SELECT a.holder_id FROM applications_application a
            WHERE a.id = (told ->> 'application_id')::bigint
        )
        WHEN told ? 'assistance_id' THEN (
            SELECT h.holder_id FROM applications_assistance h
            WHERE h.id = (told ->> 'assistance_id')::bigint
        )
        WHEN told ? 'look_id' THEN (
            SELECT a.holder_id FROM applications_look l
            JOIN applications_application a ON a.id = l.application_id
            WHERE l.id = (told ->> 'look_id')::bigint
        )
    END
$$;

CREATE FUNCTION applications_may_empty(was jsonb, is_now jsonb, VARIADIC columns text[])
    RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT kernel_only_emptied(was, is_now, columns)
        AND accounts_is_erasing(applications_holder_of(was))
$$;

-- As kernel_append_only, but for the columns that it is told: an erasure empties those.
CREATE FUNCTION applications_append_only() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (applications_may_empty(to_jsonb(OLD), to_jsonb(NEW), VARIADIC TG_ARGV)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;

DROP TRIGGER applications_casenote_append_only ON applications_casenote;
CREATE TRIGGER applications_casenote_append_only BEFORE DELETE ON applications_casenote
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER applications_casenote_only_emptied BEFORE UPDATE ON applications_casenote
    FOR EACH ROW EXECUTE FUNCTION applications_append_only('text');
GRANT UPDATE (text) ON applications_casenote TO guichet_application;
DROP TRIGGER applications_transfer_append_only ON applications_transfer;
CREATE TRIGGER applications_transfer_append_only BEFORE DELETE ON applications_transfer
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER applications_transfer_only_emptied BEFORE UPDATE ON applications_transfer
    FOR EACH ROW EXECUTE FUNCTION applications_append_only('text');
GRANT UPDATE (text) ON applications_transfer TO guichet_application;
DROP TRIGGER applications_secondapproval_append_only ON applications_secondapproval;
CREATE TRIGGER applications_secondapproval_append_only BEFORE DELETE ON applications_secondapproval
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER applications_secondapproval_only_emptied BEFORE UPDATE ON applications_secondapproval
    FOR EACH ROW EXECUTE FUNCTION applications_append_only('text');
GRANT UPDATE (text) ON applications_secondapproval TO guichet_application;
DROP TRIGGER applications_appeal_append_only ON applications_appeal;
CREATE TRIGGER applications_appeal_append_only BEFORE DELETE ON applications_appeal
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER applications_appeal_only_emptied BEFORE UPDATE ON applications_appeal
    FOR EACH ROW EXECUTE FUNCTION applications_append_only('text');
GRANT UPDATE (text) ON applications_appeal TO guichet_application;
DROP TRIGGER applications_refusal_append_only ON applications_refusal;
CREATE TRIGGER applications_refusal_append_only BEFORE DELETE ON applications_refusal
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER applications_refusal_only_emptied BEFORE UPDATE ON applications_refusal
    FOR EACH ROW EXECUTE FUNCTION applications_append_only('note');
GRANT UPDATE (note) ON applications_refusal TO guichet_application;
DROP TRIGGER applications_givenpaper_append_only ON applications_givenpaper;
CREATE TRIGGER applications_givenpaper_append_only BEFORE DELETE ON applications_givenpaper
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER applications_givenpaper_only_emptied BEFORE UPDATE ON applications_givenpaper
    FOR EACH ROW EXECUTE FUNCTION applications_append_only('authority', 'proof_ends');
GRANT UPDATE (authority, proof_ends) ON applications_givenpaper TO guichet_application;

-- What a helper typed had no rule but its right: it stays as it was typed.
CREATE TRIGGER help_step_stays BEFORE UPDATE ON applications_helpstep
    FOR EACH ROW EXECUTE FUNCTION applications_append_only('value');

-- As in attacked.sql, but for answers that an erasure empties.
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
        AND OLD.status NOT IN ('DRAFT', 'AWAITING_COMPLETION')
        AND NOT applications_may_empty(
            to_jsonb(OLD), to_jsonb(NEW), 'answers', 'private_answers'
        ) THEN
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

CREATE OR REPLACE FUNCTION applications_completion_answered_once() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF applications_may_empty(to_jsonb(OLD), to_jsonb(NEW), 'note') THEN
        RETURN NEW;
    END IF;
    IF (OLD.answered_at IS NOT NULL OR NEW.note IS DISTINCT FROM OLD.note) THEN
        RAISE EXCEPTION 'completion % is answered', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'completion_answered_once';
    END IF;
    RETURN NEW;
END $$;
GRANT UPDATE (note) ON applications_completionrequest TO guichet_application;

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
    IF applications_may_empty(to_jsonb(OLD), to_jsonb(NEW), 'text', 'answer') THEN
        RETURN NEW;
    END IF;
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
GRANT UPDATE (text) ON applications_lookquestion TO guichet_application;

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
    IF applications_may_empty(to_jsonb(OLD), to_jsonb(NEW), 'text', 'review_text') THEN
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
GRANT UPDATE (text) ON applications_opening TO guichet_application;

CREATE OR REPLACE FUNCTION applications_arrival_by_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF applications_may_empty(to_jsonb(OLD), to_jsonb(NEW), 'arrived_note') THEN
        RETURN NEW;
    END IF;
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

-- Files of a case whose holder is erased are needed no more; else as kept_files.sql has it.
CREATE OR REPLACE FUNCTION applications_file_is_needed(name text) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM documents_paperfile f WHERE f.sha256 = name)
        OR EXISTS (SELECT FROM registers_paperentry e WHERE e.scan_sha256 = name)
        OR EXISTS (
            SELECT FROM accounts_guardianship g WHERE g.proof_sha256 = name
                AND NOT accounts_is_erased(g.guardian_id) AND NOT accounts_is_erased(g.ward_id)
        )
        OR EXISTS (
            SELECT FROM applications_helpconsent c
            JOIN applications_assistance h ON h.id = c.assistance_id
            WHERE c.scan_sha256 = name AND NOT accounts_is_erased(h.holder_id)
        )
        OR EXISTS (
            SELECT FROM applications_attachment a
            JOIN applications_application p ON p.id = a.application_id
            WHERE a.sha256 = name AND (p.status <> 'WITHDRAWN' OR p.submitted_at IS NOT NULL)
                AND NOT accounts_is_erased(p.holder_id)
        )
$$;

-- A case is emptied while its holder is being erased, and written down once.
CREATE FUNCTION applications_erased_case_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NOT EXISTS (
        SELECT FROM applications_application a
        WHERE a.id = NEW.application_id AND accounts_is_erasing(a.holder_id)
            AND a.answers = '{}'::jsonb AND kernel_says_nothing(to_jsonb(a.private_answers))
    )) THEN
        RAISE EXCEPTION 'case % is not emptied', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'erased_case_is_empty';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER erased_case_is_empty BEFORE INSERT ON applications_erasedcase
    FOR EACH ROW EXECUTE FUNCTION applications_erased_case_rules();

-- Nobody is erased while a case of hers is not, and nothing is begun for whoever is.
CREATE FUNCTION applications_erasure_is_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (EXISTS (
        SELECT FROM applications_application a
        WHERE a.holder_id = NEW.person_id AND NOT EXISTS (
            SELECT FROM applications_erasedcase e WHERE e.application_id = a.id
        )
    )) THEN
        RAISE EXCEPTION 'erasure %: a case of hers is not emptied', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'erasure_of_every_case';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER erasure_of_every_case BEFORE UPDATE OF state ON accounts_erasure
    FOR EACH ROW WHEN (NEW.state = 'DONE') EXECUTE FUNCTION applications_erasure_is_whole();

CREATE FUNCTION applications_of_somebody() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- The erasure holds this row: who comes while it begins waits for it, and is refused.
    PERFORM 1 FROM accounts_person p WHERE p.id = NEW.holder_id FOR KEY SHARE;
    IF (accounts_is_erased(NEW.holder_id)) THEN
        RAISE EXCEPTION 'nothing is begun for somebody who was erased'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_of_somebody';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_of_somebody BEFORE INSERT ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_of_somebody();
CREATE TRIGGER help_of_somebody BEFORE INSERT ON applications_assistance
    FOR EACH ROW EXECUTE FUNCTION applications_of_somebody();

-- A copy of somebody's data is packed or given up, once.
CREATE FUNCTION applications_export_ends_once() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (OLD.failed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'export % was given up', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'export_ends_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_ends_once BEFORE UPDATE ON applications_dataexport
    FOR EACH ROW EXECUTE FUNCTION applications_export_ends_once();
