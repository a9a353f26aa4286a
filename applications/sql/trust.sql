-- squawk-ignore-file
-- Nobody decides over whom she shares a phone with, and what is told of a captured sheet reaches
-- its applicant, and nobody who had it in hand.
-- In: two ids; rows of applications_downtimesheet, applications_assistance,
-- applications_helpconsent and applications_consentcheck. Out: whether she is kept away; the row, or
-- an error with the constraint's name. Locks: none beyond the row.

-- As hands.sql has it, and: whoever shares a phone with the case's holder or guardian.
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
    ) OR EXISTS (
        SELECT FROM applications_application a
        JOIN accounts_person p ON p.id IN (a.holder_id, a.guardian_id)
        JOIN registers_relative r ON r.person_index = p.national_id_index
        JOIN registers_family f ON f.id = r.family_id
        JOIN accounts_account c ON c.person_id = f.person
        WHERE a.id = application AND c.id = account
    ) OR EXISTS (
        SELECT FROM applications_application a
        JOIN accounts_personcontact t ON t.person_id IN (a.holder_id, a.guardian_id)
            AND t.until_at IS NULL
        JOIN accounts_contactpoint p ON p.id = t.contact_id AND p.kind = 'phone'
        JOIN accounts_personcontact h ON h.contact_id = p.id AND h.until_at IS NULL
        JOIN accounts_account c ON c.person_id = h.person_id
        WHERE a.id = application AND c.id = account
    )
$$;

-- Whether an account is of somebody who is, or before was, reached at this contact point.
CREATE FUNCTION applications_reached_at(account bigint, contact bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM accounts_account a
        WHERE a.id = account AND (a.contact_id = contact OR EXISTS (
            SELECT FROM accounts_personcontact b
            WHERE b.person_id = a.person_id AND b.contact_id = contact
        ))
    )
$$;

CREATE FUNCTION applications_sheet_phone() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    contact bigint := (
        SELECT a.contact_id FROM applications_application a WHERE a.id = NEW.application_id
    );
BEGIN
    IF (applications_reached_at(NEW.ended_by_id, contact)
        OR applications_reached_at(NEW.taken_by_id, contact)
        OR EXISTS (
            SELECT FROM accounts_agent g
            WHERE g.phone_id = contact AND g.until_at > NEW.ended_at
                AND (g.ended_at IS NULL OR g.ended_at > NEW.ended_at)
        )) THEN
        RAISE EXCEPTION 'sheet %: whoever had it in hand, or an agent, is reached there', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sheet_phone_of_another';
    END IF;
    RETURN NEW;
END $$;
-- After `sheet_ends_once`, by its name.
CREATE TRIGGER sheet_phone_of_another
    BEFORE UPDATE OF application_id ON applications_downtimesheet
    FOR EACH ROW WHEN (NEW.application_id IS NOT NULL)
    EXECUTE FUNCTION applications_sheet_phone();

CREATE TRIGGER help_of_a_stranger AFTER INSERT ON applications_assistance
    FOR EACH ROW EXECUTE FUNCTION accounts_by_a_stranger(
        'helper_is_another', 'helper_id', 'holder_id'
    );

-- Argument: the constraint's name. Who was there when a slip was signed, or looks at it again, reads
-- no phone of whose it is.
CREATE FUNCTION applications_slip_by_a_stranger() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    told jsonb := to_jsonb(NEW);
    consent bigint := coalesce(told ->> 'consent_id', told ->> 'id')::bigint;
    who bigint := coalesce(told ->> 'witness_id', told ->> 'by_id')::bigint;
BEGIN
    IF (EXISTS (
        SELECT FROM applications_helpconsent c
        JOIN applications_assistance h ON h.id = c.assistance_id
        WHERE c.id = consent AND accounts_is_close_to(who, h.holder_id)
    )) THEN
        RAISE EXCEPTION 'consent %: account % is close to whose it is', consent, who
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER witness_is_a_stranger AFTER INSERT OR UPDATE OF witness_id ON applications_helpconsent
    FOR EACH ROW WHEN (NEW.witness_id IS NOT NULL)
    EXECUTE FUNCTION applications_slip_by_a_stranger('help_witness_is_another');
CREATE TRIGGER slip_checked_by_a_stranger AFTER INSERT ON applications_consentcheck
    FOR EACH ROW EXECUTE FUNCTION applications_slip_by_a_stranger('help_checked_by_another');
