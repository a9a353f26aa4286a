-- squawk-ignore-file
DROP TRIGGER accounts_no_officer_of_erased ON accounts_account;
DROP FUNCTION accounts_no_officer_of_erased();
DROP TRIGGER accounts_erasure_rules_officer ON accounts_erasure;
DROP FUNCTION accounts_erased_officer();
DROP TRIGGER accounts_erasure_steps ON accounts_erasure;
DROP TRIGGER accounts_erasure_rules_herself ON accounts_erasure;
DROP FUNCTION accounts_erasure_by_herself();
DROP TRIGGER accounts_phone_change_rules_confirmed_by ON accounts_phonechange;
DROP TRIGGER accounts_phone_change_rules_asked_by ON accounts_phonechange;
DROP TRIGGER accounts_meeting_rules_strangers ON accounts_meeting;
DROP TRIGGER accounts_guardian_rules_strangers ON accounts_guardianship;
DROP TRIGGER accounts_erasure_rules_seen_by ON accounts_erasure;
DROP TRIGGER accounts_erasure_rules_decided_by ON accounts_erasure;
DROP FUNCTION accounts_by_a_stranger();
DROP FUNCTION accounts_is_close_to(bigint, bigint[]);
