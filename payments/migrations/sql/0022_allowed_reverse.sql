DROP TRIGGER explanation_is_allowed ON payments_explanation;
DROP FUNCTION payments_check_explanation_allowed();
DROP TRIGGER open_item_unclaimed_after_its_term ON payments_open_item;
DROP FUNCTION payments_check_unclaimed_since();
