-- squawk-ignore-file
DROP TRIGGER slip_checked_by_a_stranger ON applications_consentcheck;
DROP TRIGGER witness_is_a_stranger ON applications_helpconsent;
DROP FUNCTION applications_slip_by_a_stranger();
DROP TRIGGER help_of_a_stranger ON applications_assistance;
DROP TRIGGER sheet_phone_of_another ON applications_downtimesheet;
DROP FUNCTION applications_sheet_phone();
DROP FUNCTION applications_reached_at(bigint, bigint);
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
    )
$$;
