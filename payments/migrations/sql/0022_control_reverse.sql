DROP TRIGGER remittance_within_limits ON payments_remittance;
DROP TRIGGER refund_within_limits ON payments_refund;
DROP FUNCTION payments_check_limit(),
    payments_approved_that_day(text, text, text, timestamptz, text);
DROP INDEX remittance_approved, refund_decided, movement_transferred;
DROP TRIGGER explanation_is_allowed ON payments_explanation;
DROP FUNCTION payments_check_explanation_allowed();
DROP TABLE payments_sweep_account, payments_limit;
DROP FUNCTION payments_check_control();
DROP TRIGGER alarm_begins_ringing ON payments_alarm;
DROP TRIGGER alarm_cleared_with_an_answer ON payments_alarm;
DROP FUNCTION payments_check_alarm_answered();
DROP TABLE payments_alarm_answer;
ALTER TABLE payments_alarm DROP CONSTRAINT alarm_kind_known;
ALTER TABLE payments_alarm ADD CONSTRAINT alarm_kind_known CHECK (kind IN (
    'invariant_broken', 'debit_unexplained', 'charge_not_tariff', 'rail_silent',
    'statement_gap', 'statement_unbalanced', 'evidence_disagrees', 'message_unreadable',
    'refund_stuck', 'refund_failed', 'not_on_statement', 'balance_differs'
));
