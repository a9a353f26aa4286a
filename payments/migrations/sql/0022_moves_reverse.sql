DROP INDEX movement_transferred;
DROP VIEW payments_late_sweep;
DROP TRIGGER rail_notes_when_it_retired ON payments_rail;
ALTER TABLE payments_rail DROP COLUMN retired_after_movement;
DROP FUNCTION payments_note_rail_retired(), payments_movable_minor(bigint, text);
DROP VIEW payments_move_under_way, payments_move_in_force, payments_swept;
DROP TABLE payments_move_end, payments_move;
DROP FUNCTION payments_check_move(), payments_check_move_end();
