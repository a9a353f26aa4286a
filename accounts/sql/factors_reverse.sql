-- squawk-ignore-file
-- Takes back accounts/sql/factors.sql; the tables go with the migration that made them.
GRANT DELETE ON accounts_codeapp, accounts_passkey, accounts_recoverycode, accounts_factorreset
    TO guichet_application;
DROP TRIGGER accounts_factor_reset_rules ON accounts_factorreset;
DROP FUNCTION accounts_factor_reset_rules();
DROP TRIGGER accounts_recovery_code_rules ON accounts_recoverycode;
DROP FUNCTION accounts_recovery_code_rules();
DROP TRIGGER accounts_passkey_challenge_rules ON accounts_passkeychallenge;
DROP FUNCTION accounts_passkey_challenge_rules();
ALTER TABLE accounts_passkey DROP CONSTRAINT passkey_lengths;
DROP TRIGGER accounts_passkey_rules ON accounts_passkey;
DROP FUNCTION accounts_passkey_rules();
DROP TRIGGER accounts_code_step_once ON accounts_codeapp;
DROP FUNCTION accounts_code_step_once();
DROP TRIGGER accounts_code_app_rules ON accounts_codeapp;
DROP FUNCTION accounts_code_app_rules();
