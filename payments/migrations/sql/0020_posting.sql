-- What ties batches to the ledger: a batch that two people approved is posted, one that came to
-- nothing is posted back, one that is confirmed was paid, once, and one that its bank sent back
-- came back, once.
--
-- No movement, no explanation and no release names a batch yet.
-- squawk-ignore-file adding-foreign-key-constraint, constraint-missing-not-valid

ALTER TABLE payments_movement
    ADD CONSTRAINT movement_pays_a_remittance
        FOREIGN KEY (remittance_id) REFERENCES payments_remittance;
ALTER TABLE payments_explanation
    ADD CONSTRAINT explanation_of_a_remittance
        FOREIGN KEY (remittance_id) REFERENCES payments_remittance;
ALTER TABLE payments_release
    ADD CONSTRAINT release_of_a_remittance
        FOREIGN KEY (remittance_id) REFERENCES payments_remittance;

-- At commit. What its journals post, journal_has_lines asks; that what paid it was its own amount
-- too. "remittance_resumed" posts it again, where it was paid after it was believed to have come to
-- nothing; "remittance_sent_back" posts it back after it was paid.
CREATE FUNCTION payments_check_remittance_posted() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    now_state text;
    posted record;
    times_paid bigint;
    has_been_sent_back boolean;
BEGIN
    SELECT r.state INTO now_state FROM payments_remittance r WHERE r.id = NEW.id;
    SELECT
        EXISTS (
            SELECT FROM payments_journal j WHERE j.kind = 'remittance' AND j.subject_id = NEW.id
        ) AS out,
        EXISTS (
            SELECT FROM payments_journal j
            WHERE j.kind = 'remittance_returned' AND j.subject_id = NEW.id
        ) AS returned,
        EXISTS (
            SELECT FROM payments_journal j
            WHERE j.kind = 'remittance_resumed' AND j.subject_id = NEW.id
        ) AS resumed,
        EXISTS (
            SELECT FROM payments_journal j
            WHERE j.kind = 'remittance_sent_back' AND j.subject_id = NEW.id
        ) AS sent_back
    INTO posted;
    IF NOT coalesce(CASE
        WHEN now_state IN ('BUILDING', 'PROPOSED') THEN NOT posted.out AND NOT posted.returned
        WHEN now_state IN ('APPROVED', 'SENT', 'ACKNOWLEDGED')
            THEN posted.out AND NOT posted.returned
        WHEN now_state IN ('CONFIRMED', 'RETURNED')
            THEN posted.out AND posted.returned = posted.resumed
        WHEN now_state = 'FAILED' THEN posted.out AND posted.returned AND NOT posted.resumed
        -- Before it was approved, or after.
        WHEN now_state = 'CANCELLED' THEN posted.out = posted.returned AND NOT posted.resumed
    END AND posted.sent_back = (now_state = 'RETURNED'), false) THEN
        RAISE EXCEPTION 'remittance % is % and its journals say otherwise', NEW.id, now_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_is_posted_as_it_is';
    END IF;
    SELECT (SELECT count(*) FROM payments_movement m WHERE m.remittance_id = NEW.id) + (
        SELECT count(*) FROM payments_explanation e
        WHERE e.remittance_id = NEW.id AND e.approved
    ) INTO times_paid;
    IF times_paid <> (now_state IN ('CONFIRMED', 'RETURNED'))::int THEN
        RAISE EXCEPTION 'remittance % is % and was paid % times', NEW.id, now_state, times_paid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_confirmed_is_paid_once';
    END IF;
    has_been_sent_back := EXISTS (
        SELECT FROM payments_release l WHERE l.remittance_id = NEW.id AND l.approved
    );
    IF has_been_sent_back <> (now_state = 'RETURNED') THEN
        RAISE EXCEPTION 'remittance % is % and what came back says otherwise', NEW.id, now_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_returned_by_two';
    END IF;
    -- Once it is approved its order may be at the bank, whatever anybody says.
    IF (now_state = 'FAILED' OR now_state = 'CANCELLED' AND posted.out) AND NOT EXISTS (
        SELECT FROM payments_remittance_refusal f
        WHERE f.remittance_id = NEW.id AND f.approved
          AND (f.report_id IS NULL) = (now_state = 'CANCELLED')
    ) THEN
        RAISE EXCEPTION 'remittance %: no second person has believed that it came to nothing',
            NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_failed_by_two';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER remittance_is_posted_as_it_is AFTER INSERT OR UPDATE OF state
    ON payments_remittance DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_remittance_posted();

-- At commit: a refusal that was believed has ended its batch.
CREATE FUNCTION payments_check_refusal_posted() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_journal j
        WHERE j.kind = 'remittance_returned' AND j.subject_id = NEW.remittance_id
    ) THEN
        RAISE EXCEPTION 'remittance %: believed to be refused, and not ended', NEW.remittance_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refusal_ends_its_batch';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refusal_ends_its_batch AFTER UPDATE ON payments_remittance_refusal
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.approved) EXECUTE FUNCTION payments_check_refusal_posted();

-- What comes back of a batch is all of it, by its own rail, not before it was approved (a bank
-- books by days), and of a batch that was paid.
CREATE FUNCTION payments_check_return() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_remittance r
        JOIN payments_movement m ON m.id = NEW.movement_id
        WHERE r.id = NEW.remittance_id AND r.state = 'CONFIRMED' AND m.rail_id = r.rail_id
          AND (m.currency, m.amount_minor) = (r.currency, r.amount_minor)
          AND (NEW.currency, NEW.amount_minor) = (r.currency, r.amount_minor)
          AND m.occurred_at >= r.approved_at - interval '1 day'
    ) THEN
        RAISE EXCEPTION 'movement % is not all of remittance %', NEW.movement_id, NEW.remittance_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'return_is_its_whole_batch';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER return_is_its_whole_batch BEFORE INSERT ON payments_release
    FOR EACH ROW WHEN (NEW.remittance_id IS NOT NULL)
    EXECUTE FUNCTION payments_check_return();

-- At commit: what came back has ended its batch.
CREATE FUNCTION payments_check_return_posted() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_remittance r WHERE r.id = NEW.remittance_id AND r.state = 'RETURNED'
    ) THEN
        RAISE EXCEPTION 'remittance % has come back and is not ended', NEW.remittance_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_returned_by_two';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER return_ends_its_batch AFTER UPDATE ON payments_release
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.remittance_id IS NOT NULL AND NEW.approved)
    EXECUTE FUNCTION payments_check_return_posted();

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
