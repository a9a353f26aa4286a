-- What is said to have happened has happened: a refund that is done was paid out, a top-up that is
-- confirmed is posted, another name of a movement is a name of one on its rail.

-- A refund that holds money has taken it by its journal; one that failed has given it back; one
-- that is done was paid out.
CREATE OR REPLACE FUNCTION payments_check_refund_posted() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    now_state text;
BEGIN
    SELECT f.state INTO now_state FROM payments_refund f WHERE f.id = NEW.id;
    IF (now_state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE', 'FAILED'))
        <> EXISTS (
            SELECT FROM payments_journal j WHERE j.kind = 'refund' AND j.subject_id = NEW.id
        )
        OR (now_state = 'FAILED') <> EXISTS (
            SELECT FROM payments_journal j
            WHERE j.kind = 'refund_returned' AND j.subject_id = NEW.id
        )
    THEN
        RAISE EXCEPTION 'refund % is % and its journals say otherwise', NEW.id, now_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_is_posted_as_it_is';
    END IF;
    IF now_state = 'DONE'
        AND NOT EXISTS (SELECT FROM payments_movement m WHERE m.refund_id = NEW.id)
    THEN
        RAISE EXCEPTION 'refund % is done and was not paid out', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_done_is_paid_out';
    END IF;
    RETURN NULL;
END $$;

-- At commit: confirmed and posted are one. The row is read as it is then: one that is asked for and
-- confirmed in one transaction comes here twice.
CREATE OR REPLACE FUNCTION payments_check_top_up() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF (SELECT t.confirmed_at IS NOT NULL FROM payments_float_top_up t WHERE t.id = NEW.id)
        <> EXISTS (
            SELECT FROM payments_journal j WHERE j.kind = 'float' AND j.subject_id = NEW.id
        )
    THEN
        RAISE EXCEPTION 'float top-up %: confirmed and posted are one', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'top_up_is_posted';
    END IF;
    RETURN NULL;
END $$;

-- At commit: another name is one of a movement on the same rail, of the same leg.
CREATE FUNCTION payments_check_alias() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_movement m
        WHERE m.id = NEW.movement_id AND m.rail_id = NEW.rail_id AND m.leg = NEW.leg
    ) THEN
        RAISE EXCEPTION 'movement % has no name on another rail or of another leg', NEW.movement_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'alias_of_its_movement';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER alias_of_its_movement AFTER INSERT ON payments_movement_alias
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_alias();

-- A refund begins undecided: the two people of an approved one have each walked an edge.
CREATE FUNCTION payments_refund_begins() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a refund cannot begin as %', NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_begins_undecided';
END $$;
CREATE TRIGGER refund_begins_undecided BEFORE INSERT ON payments_refund
    FOR EACH ROW WHEN (NEW.state NOT IN ('PROPOSED', 'REQUESTED'))
    EXECUTE FUNCTION payments_refund_begins();
