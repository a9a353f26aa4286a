-- Confirmations and answers to reports: only what is in force is confirmed, only what is wrong is
-- answered.
-- In: rows written by catalogue.operations.keeping. Out: an exception that names the rule.
-- Locks: none.
-- squawk-ignore-file

CREATE FUNCTION catalogue_confirmation_checked() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM catalogue_service s WHERE s.current_id = NEW.version_id) THEN
        RAISE EXCEPTION 'confirmation_of_what_is_in_force' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'confirmation_of_what_is_in_force';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER confirmation_checked BEFORE INSERT ON catalogue_confirmation
    FOR EACH ROW EXECUTE FUNCTION catalogue_confirmation_checked();

CREATE FUNCTION catalogue_answer_checked() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM catalogue_pagereport r WHERE r.id = NEW.report_id AND r.verdict = 'wrong'
    ) THEN
        RAISE EXCEPTION 'report_answer_to_what_is_wrong' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'report_answer_to_what_is_wrong';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answer_checked BEFORE INSERT ON catalogue_reportanswer
    FOR EACH ROW EXECUTE FUNCTION catalogue_answer_checked();
