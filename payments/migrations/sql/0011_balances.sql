-- An alarm where a provider's balance is not ours, and the few messages that tell a balance.
-- Built in the migration's transaction, as no release has filled these tables yet.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid, require-concurrent-index-creation

ALTER TABLE payments_alarm DROP CONSTRAINT alarm_kind_known;
ALTER TABLE payments_alarm ADD CONSTRAINT alarm_kind_known CHECK (kind IN (
    'invariant_broken', 'debit_unexplained', 'charge_not_tariff', 'rail_silent',
    'statement_gap', 'statement_unbalanced', 'evidence_disagrees', 'message_unreadable',
    'refund_stuck', 'refund_failed', 'not_on_statement', 'balance_differs'
));
CREATE INDEX message_of_balance ON payments_inbound_message (rail_code, received_at)
    WHERE external_hint = 'balance';
