-- The way back of appeals.sql; the tables themselves go with their models.
-- squawk-ignore-file ban-drop-constraint

GRANT UPDATE, DELETE ON applications_readypaper TO guichet_application;
DROP TRIGGER witness_is_another ON applications_givenwitness;
DROP FUNCTION applications_witness_is_another();
DROP TRIGGER collected_with_proof ON applications_statuschange;
DROP FUNCTION applications_collected_with_proof();
DROP TRIGGER appeal_heard_anew ON applications_statuschange;
DROP FUNCTION applications_appeal_heard_anew();
DROP TRIGGER appeal_is_told ON applications_statuschange;
DROP FUNCTION applications_appeal_is_told();
DROP TRIGGER appeal_is_open ON applications_appeal;
DROP FUNCTION applications_appeal_is_open();
ALTER TABLE applications_givenpaper DROP CONSTRAINT another_has_authority;
ALTER TABLE applications_appeal DROP CONSTRAINT appeal_has_words;
