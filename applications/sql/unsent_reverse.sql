-- squawk-ignore-file
DROP TRIGGER unsent_goes_with_its_draft ON applications_application;
DROP TRIGGER unsent_goes_with_its_draft ON applications_saveddraft;
DROP FUNCTION applications_unsent_goes();
DROP TRIGGER unsent_is_of_an_open_draft ON applications_unsentanswers;
DROP FUNCTION applications_unsent_is_of_a_draft();
