-- squawk-ignore-file
ALTER TABLE applications_savedview DROP CONSTRAINT saved_view_names_no_person;
GRANT INSERT, UPDATE, DELETE ON applications_tally TO guichet_application;
DROP FUNCTION applications_roll_up_tally();
DROP FUNCTION applications_count_anew();
DROP TRIGGER tally_follows ON applications_application;
DROP FUNCTION applications_keep_tally();
