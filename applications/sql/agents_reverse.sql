-- Takes agents.sql back.
-- In: nothing. Out: nothing. Locks: the tables of the triggers, for a moment.
-- squawk-ignore-file

GRANT UPDATE, DELETE, TRUNCATE ON applications_helphold TO guichet_application;
GRANT UPDATE, DELETE, TRUNCATE ON applications_helpstep TO guichet_application;
DROP TRIGGER case_on_a_persons_phone ON applications_application;
DROP FUNCTION applications_begun_on_own_phone();
DROP TRIGGER case_sent_in_licensed ON applications_statuschange;
DROP FUNCTION applications_sent_in_licensed();
DROP TRIGGER help_hold_rules ON applications_helphold;
DROP FUNCTION applications_help_hold_rules();
DROP TRIGGER help_not_too_many ON applications_assistance;
DROP FUNCTION applications_help_not_too_many();
DROP FUNCTION applications_helped_through(bigint, bigint, timestamptz);
DROP TRIGGER help_within_licence ON applications_assistance;
DROP FUNCTION applications_help_within_licence();
