-- Whose money a grant is about stays as it was given, and is one beneficiary or all.
-- In:  rows of accounts_grant. Out: the row, or an error with the constraint's name.
-- Locks: none.
--
-- A grant names few people: the table is read in a moment.
-- squawk-ignore-file constraint-missing-not-valid
ALTER TABLE accounts_grant
    ADD CONSTRAINT grant_names_a_beneficiary
        CHECK (beneficiary_code ~ '^([*]|[A-Za-z0-9_-]{1,60})$');

CREATE FUNCTION accounts_grant_beneficiary_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a grant is confirmed once and ended once; nothing else of it changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_unchanged';
END $$;
CREATE TRIGGER accounts_grant_beneficiary_rules BEFORE UPDATE ON accounts_grant
    FOR EACH ROW WHEN (OLD.beneficiary_code IS DISTINCT FROM NEW.beneficiary_code)
    EXECUTE FUNCTION accounts_grant_beneficiary_rules();
