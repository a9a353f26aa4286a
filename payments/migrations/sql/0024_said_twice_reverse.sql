DROP TRIGGER split_has_its_parts ON payments_match;
DROP FUNCTION payments_check_parts();
DROP TRIGGER held_by_nobody_else ON payments_refund;
DROP TRIGGER held_by_nobody_else ON payments_release;
DROP TRIGGER held_by_nobody_else ON payments_match;
DROP FUNCTION payments_check_hold();
ALTER TABLE payments_hold DROP CONSTRAINT hold_ends_within_thirty_days;
