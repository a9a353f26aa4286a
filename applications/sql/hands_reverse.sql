-- squawk-ignore-file
GRANT UPDATE, DELETE ON applications_call TO guichet_application;
DROP TRIGGER call_answered_once ON applications_call;
DROP FUNCTION applications_call_rules();
CREATE OR REPLACE FUNCTION applications_same_hands(one bigint, other bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT one = other OR EXISTS (
        SELECT FROM accounts_account a JOIN accounts_account b ON b.person_id = a.person_id
        WHERE a.id = one AND b.id = other
    )
$$;

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
