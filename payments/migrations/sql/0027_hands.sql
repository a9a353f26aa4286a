-- squawk-ignore-file
-- Two accounts that share a phone are one pair of hands too (accounts/sql/hands.sql).
-- In: two accounts. Out: whether what takes two people would be done by one. Locks: none.

CREATE OR REPLACE FUNCTION payments_same_hands(one bigint, other bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT accounts_same_hands(one, other)
$$;
