-- What ties batches to the ledger: a batch that two people approved is posted, one that came to
-- nothing is posted back, one that is confirmed was paid, once.
--
-- No movement and no explanation names a batch yet.
-- squawk-ignore-file adding-foreign-key-constraint, constraint-missing-not-valid

ALTER TABLE payments_movement
    ADD CONSTRAINT movement_pays_a_remittance
        FOREIGN KEY (remittance_id) REFERENCES payments_remittance;
ALTER TABLE payments_explanation
    ADD CONSTRAINT explanation_of_a_remittance
        FOREIGN KEY (remittance_id) REFERENCES payments_remittance;

-- At commit. What its journals post, journal_has_lines asks; that what paid it was its own amount
-- too.
CREATE FUNCTION payments_check_remittance_posted() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    now_state text;
    is_sent_out boolean;
    has_come_back boolean;
    times_paid bigint;
BEGIN
    SELECT r.state INTO now_state FROM payments_remittance r WHERE r.id = NEW.id;
    is_sent_out := EXISTS (
        SELECT FROM payments_journal j WHERE j.kind = 'remittance' AND j.subject_id = NEW.id
    );
    has_come_back := EXISTS (
        SELECT FROM payments_journal j
        WHERE j.kind = 'remittance_returned' AND j.subject_id = NEW.id
    );
    IF NOT coalesce(CASE
        WHEN now_state IN ('BUILDING', 'PROPOSED') THEN NOT is_sent_out AND NOT has_come_back
        WHEN now_state IN ('APPROVED', 'SENT', 'ACKNOWLEDGED', 'CONFIRMED')
            THEN is_sent_out AND NOT has_come_back
        WHEN now_state = 'FAILED' THEN is_sent_out AND has_come_back
        -- Before it was approved, or after.
        WHEN now_state = 'CANCELLED' THEN is_sent_out = has_come_back
    END, false) THEN
        RAISE EXCEPTION 'remittance % is % and its journals say otherwise', NEW.id, now_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_is_posted_as_it_is';
    END IF;
    SELECT (SELECT count(*) FROM payments_movement m WHERE m.remittance_id = NEW.id) + (
        SELECT count(*) FROM payments_explanation e
        WHERE e.remittance_id = NEW.id AND e.approved
    ) INTO times_paid;
    IF times_paid <> (now_state = 'CONFIRMED')::int THEN
        RAISE EXCEPTION 'remittance % is % and was paid % times', NEW.id, now_state, times_paid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_confirmed_is_paid_once';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER remittance_is_posted_as_it_is AFTER INSERT OR UPDATE OF state
    ON payments_remittance DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_remittance_posted();

-- The same, asked of what has paid it.
CREATE FUNCTION payments_check_paying_batch() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF (SELECT count(*) FROM payments_movement m WHERE m.remittance_id = NEW.remittance_id) + (
        SELECT count(*) FROM payments_explanation e
        WHERE e.remittance_id = NEW.remittance_id AND e.approved
    ) > 1 THEN
        RAISE EXCEPTION 'remittance % was paid before', NEW.remittance_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_confirmed_is_paid_once';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER remittance_paid_once AFTER INSERT ON payments_movement
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.remittance_id IS NOT NULL)
    EXECUTE FUNCTION payments_check_paying_batch();
CREATE CONSTRAINT TRIGGER remittance_paid_once AFTER UPDATE ON payments_explanation
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.remittance_id IS NOT NULL AND NEW.approved)
    EXECUTE FUNCTION payments_check_paying_batch();
