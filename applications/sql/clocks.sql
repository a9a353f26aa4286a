-- When a case is escalated, said again by PostgreSQL.
-- In: rows of applications_escalation. Out: an exception that names the rule.
-- Locks: none beyond the rows that are written; this migration writes every open case once.
-- squawk-ignore-file

-- Only a case that the office owes an answer, and whose time has come.
CREATE FUNCTION applications_escalation_is_due() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM applications_application a
        WHERE a.id = NEW.application_id AND a.escalate_at <= NEW.at AND a.status IN (
            'IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND', 'APPROVED', 'AWAITING_SIGNATURE'
        )
    ) THEN
        RAISE EXCEPTION 'case %: it is not time to escalate it', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'escalation_is_due';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER escalation_is_due BEFORE INSERT ON applications_escalation
    FOR EACH ROW EXECUTE FUNCTION applications_escalation_is_due();

-- Cases that were open before there was such a clock: at the promise itself, as working time is
-- known to the application alone.
UPDATE applications_application SET escalate_at = promised_at
WHERE promised_at IS NOT NULL AND status IN (
    'PAID', 'IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_COMPLETION', 'AWAITING_SECOND', 'APPROVED',
    'AWAITING_SIGNATURE', 'PAYMENT_HELD'
);
