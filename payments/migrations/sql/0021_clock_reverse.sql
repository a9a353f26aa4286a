DROP TABLE payments_close_clock;
DROP FUNCTION payments_check_close_clock(), payments_close_latest();
