DROP TABLE payments_match;
DROP FUNCTION payments_check_match_posted();
DROP FUNCTION payments_check_match();
