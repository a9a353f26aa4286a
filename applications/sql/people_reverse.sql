-- squawk-ignore-file
CREATE OR REPLACE FUNCTION applications_has_interest(
    account bigint, holder bigint, applicant bigint
) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT account = applicant OR EXISTS (
        SELECT FROM accounts_account a
        WHERE a.id = account AND (a.person_id = holder OR a.person_id IS NULL)
    )
$$;
DROP TRIGGER case_of_a_sure_person ON applications_application;
DROP FUNCTION applications_sure_enough();
DROP TRIGGER case_guardian_unchanged ON applications_application;
DROP TRIGGER case_of_a_ward ON applications_application;
DROP FUNCTION applications_guardian_rules();
