DROP TABLE payments_sweep_account, payments_limit, payments_limit_default;
DROP FUNCTION payments_check_control(), payments_check_limit_default(),
    payments_check_limit_zone();
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
