DROP TRIGGER accounts_grant_beneficiary_rules ON accounts_grant;
DROP FUNCTION accounts_grant_beneficiary_rules();
ALTER TABLE accounts_grant DROP CONSTRAINT grant_names_a_beneficiary;
