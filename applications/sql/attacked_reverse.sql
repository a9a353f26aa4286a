DROP TRIGGER written_in_its_hearing ON applications_caseslip;
DROP TRIGGER written_in_its_hearing ON applications_escalation;
DROP FUNCTION applications_of_its_hearing();
DROP TRIGGER case_given_by_another ON applications_handover;
DROP TRIGGER case_given_by_another ON applications_transfer;
DROP TRIGGER case_given_by_another ON applications_reassignment;
DROP FUNCTION applications_given_by_another();
DROP TRIGGER entry_names_another ON applications_statuschange;
DROP FUNCTION applications_entry_names_another();
DROP TRIGGER decision_is_in_hand ON applications_statuschange;
DROP FUNCTION applications_decided_in_hand();
DROP TRIGGER case_approved_when_paid ON applications_application;
DROP FUNCTION applications_approved_when_paid();
CREATE OR REPLACE FUNCTION applications_helped(application bigint, account bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM applications_assistance h
        WHERE h.application_id = application AND applications_same_hands(h.helper_id, account)
    )
$$;
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
