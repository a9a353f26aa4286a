-- What a register issues by itself, said again by PostgreSQL. Locks: none beyond the rows written.

-- From payment straight to approval there is one road: the service lets its register answer, the
-- register has answered, and the office alone seals the paper, in no officer's name.
CREATE FUNCTION applications_issued_by_register() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.officer_id IS NOT NULL OR NOT EXISTS (
        SELECT FROM applications_registerquestion q
        JOIN documents_paper p ON p.id = NEW.paper_id
        JOIN catalogue_serviceversion v ON v.id = NEW.service_version_id
        WHERE q.application_id = NEW.id AND q.answer = 'issued'
            AND p.sealed_only AND p.cited_entry_id = NEW.cited_entry_id
            AND v.definition -> 'output' ->> 'by_register' = 'true'
    ) THEN
        RAISE EXCEPTION 'case %: its register has not issued its paper', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_issued_by_register';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER case_issued_by_register BEFORE UPDATE OF status ON applications_application
    FOR EACH ROW WHEN (OLD.status = 'PAID' AND NEW.status = 'APPROVED')
    EXECUTE FUNCTION applications_issued_by_register();

-- A question is answered once.
CREATE FUNCTION applications_question_answered_once() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'question % is answered', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'question_answered_once';
END $$;

CREATE TRIGGER question_answered_once BEFORE UPDATE ON applications_registerquestion
    FOR EACH ROW WHEN (OLD.answer <> '')
    EXECUTE FUNCTION applications_question_answered_once();

REVOKE UPDATE, DELETE, TRUNCATE ON applications_registerquestion FROM guichet_application;
GRANT UPDATE (due_at, attempts, answer, answered_at) ON applications_registerquestion
    TO guichet_application;
