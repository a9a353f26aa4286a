ALTER TABLE payments_movement DROP CONSTRAINT movement_pays_a_refund;
DROP TABLE payments_refund;
DROP FUNCTION payments_check_refund();
