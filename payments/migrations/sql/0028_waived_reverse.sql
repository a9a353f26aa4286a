-- squawk-ignore-file ban-drop-constraint, ban-drop-column

ALTER TABLE payments_bill_line DROP CONSTRAINT bill_line_waived_by_a_law;
ALTER TABLE payments_bill_line DROP COLUMN waived_by;
ALTER TABLE payments_bill_line DROP COLUMN waived_minor;
