-- squawk-ignore-file
DROP TRIGGER accounts_closed_is_out ON accounts_account;
DROP FUNCTION accounts_closed_is_out();
DROP TRIGGER accounts_visit_rules ON accounts_visit;
DROP FUNCTION accounts_visit_rules();
DROP TRIGGER accounts_directory_subject_rules ON accounts_directorysubject;
DROP FUNCTION accounts_directory_subject_rules();
DROP TRIGGER accounts_invitation_rules ON accounts_invitation;
DROP FUNCTION accounts_invitation_rules();
