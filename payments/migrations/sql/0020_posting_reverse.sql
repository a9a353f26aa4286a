DROP TRIGGER remittance_paid_once ON payments_explanation;
DROP TRIGGER remittance_paid_once ON payments_movement;
DROP FUNCTION payments_check_paying_batch();
DROP TRIGGER remittance_is_posted_as_it_is ON payments_remittance;
DROP FUNCTION payments_check_remittance_posted();
ALTER TABLE payments_explanation DROP CONSTRAINT explanation_of_a_remittance;
ALTER TABLE payments_movement DROP CONSTRAINT movement_pays_a_remittance;
