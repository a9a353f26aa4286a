-- By how much a fee was less on a bill than its law asks, and by which other law.
--
-- Bills issued before keep 0 and '': nobody wrote it down then. Frozen with the line.
-- squawk-ignore-file constraint-missing-not-valid

ALTER TABLE payments_bill_line
    ADD COLUMN waived_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN waived_by text NOT NULL DEFAULT '',
    ADD CONSTRAINT bill_line_waived_by_a_law CHECK (
        waived_minor >= 0 AND (waived_minor > 0) = (waived_by <> '')
    );
