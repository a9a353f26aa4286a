-- An appeal is seconded by somebody new, too.
-- In: rows of applications_statuschange. Out: an exception that names the rule.
-- Locks: none beyond the rows that are written.

-- Whoever seconds an approval, or declines to, has made no step of the case, and says so in a row.
-- After an appeal the steps before it count that did not bar her then: having spoken as the second
-- officer, and an approval that was undone.
CREATE OR REPLACE FUNCTION applications_second_is_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.changed_by_id IS NULL OR EXISTS (
        SELECT FROM applications_statuschange c
        WHERE c.application_id = NEW.application_id AND c.source = 'UNDER_REVIEW'
            AND c.target IN ('AWAITING_COMPLETION', 'AWAITING_SECOND', 'REFUSED')
            AND applications_same_hands(c.changed_by_id, NEW.changed_by_id)
    ) OR EXISTS (
        SELECT FROM applications_appeal p
        JOIN applications_statuschange c
            ON c.application_id = p.application_id AND c.version < p.version
        WHERE p.application_id = NEW.application_id
            AND ((c.source = 'UNDER_REVIEW' AND c.target = 'APPROVED')
                OR c.source = 'AWAITING_SECOND')
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
