DROP TRIGGER match_not_to_ones_own ON payments_match;
DROP FUNCTION payments_check_match_own();
DROP TRIGGER split_decided_as_one ON payments_match;
DROP FUNCTION payments_check_split();
DROP TRIGGER match_fits_its_set ON payments_match;
DROP FUNCTION payments_check_match_set_asked();
CREATE OR REPLACE TRIGGER match_frozen_once_asked BEFORE UPDATE ON payments_match
    FOR EACH ROW WHEN (
        OLD.decided_at IS NOT NULL
        OR (OLD.id, OLD.movement_id, OLD.bill_id, OLD.amount_minor, OLD.reason, OLD.maker_id,
            OLD.asked_at)
        IS DISTINCT FROM
        (NEW.id, NEW.movement_id, NEW.bill_id, NEW.amount_minor, NEW.reason, NEW.maker_id,
         NEW.asked_at)
    )
    EXECUTE FUNCTION payments_frozen();
DROP INDEX match_of_set;
ALTER TABLE payments_match DROP CONSTRAINT match_asked_in_its_set, DROP COLUMN set_id;
DROP TABLE payments_match_set;
