DROP TRIGGER two_persons ON payments_float_top_up;
DROP TRIGGER two_persons ON payments_match;
DROP TRIGGER two_persons ON payments_refund;
DROP FUNCTION payments_check_hands();
DROP FUNCTION payments_same_hands(bigint, bigint);
