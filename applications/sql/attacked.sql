-- What attackers of the desk found open, shut by PostgreSQL.
-- In: rows written by applications.operations. Out: an exception that names the rule.
-- Locks: none beyond the rows that are written; bills are read, not locked.
-- squawk-ignore-file

-- No approval without its money: the bill holds at least what its cases cost that are still on it,
-- and a case without a bill was free when it was sent in. What is taken back a moment later holds
-- the approved case; that is the news' work.
CREATE FUNCTION applications_approved_when_paid() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    paid bigint := (SELECT b.paid_minor FROM payments_bill b WHERE b.id = NEW.bill_id);
BEGIN
    IF (NEW.bill_id IS NULL AND NOT EXISTS (
        SELECT FROM applications_statuschange c
        WHERE c.application_id = NEW.id AND c.source = 'DRAFT' AND c.target = 'PAID'
    )) OR (NEW.bill_id IS NOT NULL AND paid < (
        SELECT coalesce(sum(l.amount_minor), 0)
        FROM payments_bill_line l
        JOIN applications_application a ON a.bill_id = l.bill_id AND a.status <> 'WITHDRAWN'
            AND starts_with(l.charge_key, 'applications.case:' || a.id || ':')
        WHERE l.bill_id = NEW.bill_id
    )) THEN
        RAISE EXCEPTION 'case % is not paid', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_approved_when_paid';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_approved_when_paid BEFORE UPDATE OF status ON applications_application
    FOR EACH ROW WHEN (NEW.status = 'APPROVED' AND OLD.status <> 'APPROVED')
    EXECUTE FUNCTION applications_approved_when_paid();

-- Whoever decides has the case in her hands; a refusal has its reason, a completion its fields.
CREATE FUNCTION applications_decided_in_hand() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.changed_by_id IS DISTINCT FROM NEW.officer_id OR NOT EXISTS (
        SELECT FROM applications_application a
        WHERE a.id = NEW.application_id AND a.officer_id = NEW.officer_id
    ) THEN
        RAISE EXCEPTION 'case %: it is decided by somebody and not in her hands', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_is_in_hand';
    END IF;
    IF NEW.target = 'REFUSED' AND NOT EXISTS (
        SELECT FROM applications_refusal r
        WHERE r.application_id = NEW.application_id AND r.by_id = NEW.changed_by_id
            AND r.reason_code = NEW.note_code AND r.at = NEW.changed_at
    ) THEN
        RAISE EXCEPTION 'case %: it is refused for no reason', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_refused_with_reason';
    END IF;
    IF NEW.target = 'AWAITING_COMPLETION' AND NOT EXISTS (
        SELECT FROM applications_completionrequest r
        WHERE r.application_id = NEW.application_id AND r.answered_at IS NULL
            AND r.asked_by_id = NEW.changed_by_id
    ) THEN
        RAISE EXCEPTION 'case %: the completion asks for nothing', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'completion_is_asked';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_is_in_hand BEFORE INSERT ON applications_statuschange
    FOR EACH ROW WHEN (
        NEW.source = 'UNDER_REVIEW'
        AND NEW.target IN ('AWAITING_COMPLETION', 'AWAITING_SECOND', 'APPROVED', 'REFUSED')
    )
    EXECUTE FUNCTION applications_decided_in_hand();

-- Nobody approves on an act that names her too: as the other of two spouses, say. An act on paper
-- carries the holder's number alone. Looked at when it commits: history may come before the entry.
CREATE FUNCTION applications_entry_names_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM applications_application a
        JOIN registers_entryperson e ON e.entry_id = a.cited_entry_id
        JOIN accounts_person p ON p.national_id_index = e.person_index
        JOIN accounts_account c ON c.person_id = p.id
        WHERE a.id = NEW.application_id AND c.id = NEW.changed_by_id
    ) THEN
        RAISE EXCEPTION 'case %: its entry names whoever approves it', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_names_another';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_names_another AFTER INSERT ON applications_statuschange
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (
        NEW.changed_by_id IS NOT NULL AND NEW.target IN ('AWAITING_SECOND', 'APPROVED')
    )
    EXECUTE FUNCTION applications_entry_names_another();

-- Whoever helped with a case, or has an interest in it by her own word or a supervisor's, under
-- whatever account and however it ended, neither holds nor decides it, nor gives it on.
CREATE OR REPLACE FUNCTION applications_helped(application bigint, account bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM applications_assistance h
        WHERE h.application_id = application AND applications_same_hands(h.helper_id, account)
    ) OR EXISTS (
        SELECT FROM applications_transfer t
        WHERE t.application_id = application AND t.reason_code = 'conflict'
            AND t.by_id = t.from_officer_id AND applications_same_hands(t.by_id, account)
    ) OR EXISTS (
        SELECT FROM applications_reassignment r
        WHERE r.application_id = application AND r.reason_code = 'conflict'
            AND applications_same_hands(r.from_officer_id, account)
    )
$$;

-- Whoever has an interest in a case, or helped with it, gives it to nobody of her choice.
CREATE FUNCTION applications_given_by_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM applications_application a
        WHERE a.id = NEW.application_id
          AND (applications_has_interest(NEW.by_id, a.holder_id, a.account_id)
               OR applications_helped(a.id, NEW.by_id))
    ) THEN
        RAISE EXCEPTION 'case %: it is given on by somebody with an interest in it',
            NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_given_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_given_by_another BEFORE INSERT ON applications_reassignment
    FOR EACH ROW EXECUTE FUNCTION applications_given_by_another();
CREATE TRIGGER case_given_by_another BEFORE INSERT ON applications_transfer
    FOR EACH ROW EXECUTE FUNCTION applications_given_by_another();
CREATE TRIGGER case_given_by_another BEFORE INSERT ON applications_handover
    FOR EACH ROW WHEN (NEW.what = 'case') EXECUTE FUNCTION applications_given_by_another();

-- An escalation and a slip belong to the hearing in which they were written.
CREATE FUNCTION applications_of_its_hearing() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.hearing = 1) <> EXISTS (
        SELECT FROM applications_appeal p WHERE p.application_id = NEW.application_id
    ) THEN
        RAISE EXCEPTION 'case %: it is another hearing', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'written_in_its_hearing';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER written_in_its_hearing BEFORE INSERT ON applications_escalation
    FOR EACH ROW EXECUTE FUNCTION applications_of_its_hearing();
CREATE TRIGGER written_in_its_hearing BEFORE INSERT ON applications_caseslip
    FOR EACH ROW EXECUTE FUNCTION applications_of_its_hearing();

-- As in acts.sql, but for this: an approval is undone before its paper is drawn, too. Nobody can
-- order it signed, since no case has it; it is given up as soon as it is drawn.
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
