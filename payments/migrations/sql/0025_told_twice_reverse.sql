DROP TRIGGER arrival_told_once ON payments_movement_alias;
DROP TRIGGER arrival_told_once ON payments_movement;
DROP FUNCTION payments_check_arrival_told();
DROP TRIGGER arrival_told_once_by_collections ON payments_movement;
DROP FUNCTION payments_check_collections_arrived();
