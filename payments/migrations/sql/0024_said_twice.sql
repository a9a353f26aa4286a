-- What operations alone said of suspense: how long one person holds an item, that nobody asks for or
-- approves anything about it meanwhile, and of how many parts a split is.
--
-- squawk-ignore-file constraint-missing-not-valid
--
-- Locks: a hold and what would be decided about it meet at the promises of their collection (9a of
-- docs/locking.md), which operations hold; here only what is committed is seen.

-- As holding_items.HOLD_MAX: hours, because a day of a session's time zone may be shorter.
ALTER TABLE payments_hold
    ADD CONSTRAINT hold_ends_within_thirty_days
        CHECK (until_at <= at + interval '720 hours') NOT VALID;
ALTER TABLE payments_hold VALIDATE CONSTRAINT hold_ends_within_thirty_days;

-- As holding_items.refuse_held: whoever asks, and whoever approves.
CREATE FUNCTION payments_check_hold() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    moment timestamptz := NEW.decided_at;
BEGIN
    IF moment IS NULL THEN  -- Never of a refund, which is asked for in other ways.
        moment := NEW.asked_at;
    END IF;
    IF EXISTS (
        SELECT FROM payments_open_item i
        WHERE i.movement_id = NEW.movement_id
          AND i.held_by_id <> coalesce(NEW.checker_id, NEW.maker_id)
          AND i.held_until > moment
    ) THEN
        RAISE EXCEPTION 'movement %: somebody else looks into it', NEW.movement_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'held_by_nobody_else';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER held_by_nobody_else BEFORE INSERT OR UPDATE OF approved ON payments_match
    FOR EACH ROW WHEN (NEW.approved IS NOT FALSE) EXECUTE FUNCTION payments_check_hold();
CREATE TRIGGER held_by_nobody_else BEFORE INSERT OR UPDATE OF approved ON payments_release
    FOR EACH ROW WHEN (NEW.approved IS NOT FALSE) EXECUTE FUNCTION payments_check_hold();
CREATE TRIGGER held_by_nobody_else BEFORE UPDATE OF state ON payments_refund
    FOR EACH ROW WHEN (
        OLD.state = 'REQUESTED' AND NEW.state IN ('APPROVED', 'AWAITING_FUNDS')
        AND NEW.decided_at IS NOT NULL
    )
    EXECUTE FUNCTION payments_check_hold();

-- At commit, as splitting.PARTS_MAX: no split has more parts, each is for a bill of its own, and one
-- of a single part is never approved.
CREATE FUNCTION payments_check_parts() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    parts bigint;
    bills bigint;
BEGIN
    IF (SELECT s.kind FROM payments_match_set s WHERE s.id = NEW.set_id) <> 'split' THEN
        RETURN NULL;
    END IF;
    SELECT count(*), count(DISTINCT m.bill_id) INTO parts, bills
    FROM payments_match m WHERE m.set_id = NEW.set_id;
    IF parts > 20 OR bills <> parts OR NEW.approved AND parts < 2 THEN
        RAISE EXCEPTION 'split %: % parts for % bills', NEW.set_id, parts, bills
            USING ERRCODE = 'check_violation', CONSTRAINT = 'split_has_its_parts';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER split_has_its_parts AFTER INSERT OR UPDATE ON payments_match
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.set_id IS NOT NULL) EXECUTE FUNCTION payments_check_parts();
