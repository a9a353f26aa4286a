-- squawk-ignore-file
GRANT DELETE ON accounts_guardianship, accounts_phonechange TO guichet_application;
DROP TRIGGER accounts_person_contact_rules ON accounts_personcontact;
DROP FUNCTION accounts_person_contact_rules();
DROP TRIGGER accounts_phone_change_rules ON accounts_phonechange;
DROP FUNCTION accounts_phone_change_rules();
DROP TRIGGER accounts_met_was_met ON accounts_person;
DROP FUNCTION accounts_met_was_met();
DROP TRIGGER accounts_meeting_rules ON accounts_meeting;
DROP FUNCTION accounts_meeting_rules();
DROP TRIGGER accounts_guardian_rules ON accounts_guardianship;
DROP FUNCTION accounts_guardian_rules();
DROP FUNCTION accounts_phone_of(bigint);
DROP FUNCTION accounts_is_person(bigint, bigint[]);
UPDATE accounts_person SET assurance = 'counter' WHERE assurance = 'met';
