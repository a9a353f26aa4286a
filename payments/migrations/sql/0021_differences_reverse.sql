DROP TRIGGER close_difference_settled_by_its_cause ON payments_close_difference;
DROP FUNCTION payments_check_difference_settled(), payments_difference_is_gone(text, text),
    payments_differences_of_day(date, text), payments_is_late(text, text),
    payments_rails_stated(date);
