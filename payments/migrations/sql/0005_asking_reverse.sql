DROP TABLE payments_rail_health;
DROP TABLE payments_inquiry;
DROP INDEX attempt_of_handle;
ALTER TABLE payments_payment_attempt DROP COLUMN handle;
