-- Back to what 0002 of this app and 0004 of documents say; what was undone or abandoned stays so.
-- squawk-ignore-file ban-drop-constraint
CREATE OR REPLACE FUNCTION documents_paper_abandoned() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.replaces_id IS NULL THEN
        RAISE EXCEPTION 'paper % is no reissue: it waits for its officer', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_abandoned_is_a_reissue';
    END IF;
    IF (to_jsonb(NEW) - 'state' - 'lease_until') <> (to_jsonb(OLD) - 'state' - 'lease_until') THEN
        RAISE EXCEPTION 'paper % is abandoned as it is', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_frozen';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION applications_keeps_its_word() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
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
    IF (OLD.cited_entry_id IS NOT NULL AND NEW.cited_entry_id IS DISTINCT FROM OLD.cited_entry_id)
        OR (OLD.paper_id IS NOT NULL AND NEW.paper_id IS DISTINCT FROM OLD.paper_id) THEN
        RAISE EXCEPTION 'case %: its entry and its paper stay', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_keeps_its_paper';
    END IF;
    IF NEW.version < OLD.version THEN
        RAISE EXCEPTION 'case %: its version only grows', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_version_grows';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER held_case_goes_back ON applications_application;
DROP FUNCTION applications_held_goes_back();
DROP TRIGGER case_approved_by_two ON applications_application;
DROP FUNCTION applications_approved_by_two();
DROP TRIGGER second_is_another ON applications_statuschange;
DROP FUNCTION applications_second_is_another();
DROP FUNCTION applications_same_hands(bigint, bigint);
DROP TRIGGER transfer_leads_on ON applications_transfer;
DROP FUNCTION applications_transfer_leads_on();
ALTER TABLE applications_secondapproval DROP CONSTRAINT second_declined_with_words;
ALTER TABLE applications_transfer DROP CONSTRAINT transfer_text_bounded;
ALTER TABLE applications_casenote DROP CONSTRAINT note_has_words;
