DROP TRIGGER close_difference_differs ON payments_close_difference;
DROP TRIGGER close_difference_listed ON payments_close_difference;
DROP FUNCTION payments_check_differs(), payments_check_listed();
