-- squawk-ignore-file
DROP INDEX case_decided_anywhere;
DROP INDEX case_escalated_anywhere_by_age;
DROP INDEX case_escalated_anywhere;
DROP INDEX case_waits_anywhere_by_age;
DROP INDEX case_waits_anywhere;
DROP INDEX case_with_nobody_anywhere_by_age;
DROP INDEX case_with_nobody_anywhere;
