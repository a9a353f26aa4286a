DROP TABLE payments_float_top_up;
DROP FUNCTION payments_check_top_up();
