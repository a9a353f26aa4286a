-- squawk-ignore-file
DROP INDEX person_called;
DROP FUNCTION accounts_folded(text);
DROP INDEX case_by_digits;
DROP INDEX case_decided;
DROP INDEX case_elsewhere;
DROP INDEX case_waits_for_applicant;
DROP INDEX case_on_desk_anywhere_by_age;
DROP INDEX case_on_desk_anywhere;
DROP INDEX case_with_nobody;
DROP INDEX case_on_desk_by_age;
