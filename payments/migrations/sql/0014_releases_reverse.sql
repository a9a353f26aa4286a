DROP TABLE payments_release;
DROP TABLE payments_explanation;
DROP FUNCTION payments_check_release_posted();
DROP FUNCTION payments_check_explanation_posted();
DROP FUNCTION payments_check_release();
DROP FUNCTION payments_check_explanation();
DROP FUNCTION payments_begins_undecided();
