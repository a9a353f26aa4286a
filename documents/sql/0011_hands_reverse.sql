-- squawk-ignore-file
CREATE OR REPLACE FUNCTION documents_one_pair_of_hands(one bigint, other bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT one = other OR EXISTS (
        SELECT FROM accounts_account a JOIN accounts_account b ON b.person_id = a.person_id
        WHERE a.id = one AND b.id = other
    )
$$;
