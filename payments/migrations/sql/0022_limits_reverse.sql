DROP TRIGGER refund_decided_on_its_day ON payments_refund;
DROP TRIGGER remittance_within_limits ON payments_remittance;
DROP TRIGGER refund_within_limits ON payments_refund;
DROP FUNCTION payments_check_limit(), payments_limits_on(text, text, text, timestamptz),
    payments_approved_that_day(text, text, text, timestamptz, text, bigint);
DROP INDEX remittance_approved, refund_decided;
DROP TRIGGER limit_ends_with_the_next ON payments_limit;
DROP TRIGGER limit_binds_others ON payments_limit;
DROP FUNCTION payments_check_limit_binds_others(), payments_check_limit_ended();
