-- A sweep that arrives and a payment that comes in are never one credit of the bank: no collection
-- has an id that names a transfer on its rail, with its amount.
--
-- Locks: at commit a transfer, and each other name of one, holds its rail FOR UPDATE. Whoever writes
-- a collection of that rail holds it FOR KEY SHARE, by its foreign key, until she commits: so the
-- second of the two sees the first (2a of docs/locking.md).

-- Once per statement; after the foreign keys of its rows, which wait for a transfer's commit. Without
-- joins over all that ever arrived: a batch asks by its ids, one after the other.
CREATE FUNCTION payments_check_collections_arrived() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken bigint;
BEGIN
    SELECT w.id INTO broken
    FROM written w
    WHERE w.leg = 'credit' AND (
        EXISTS (
            SELECT FROM payments_movement t
            WHERE t.rail_id = w.rail_id AND t.external_id = w.external_id AND t.leg = 'transfer'
              AND (t.currency, t.amount_minor) = (w.currency, w.amount_minor)
        ) OR EXISTS (
            SELECT FROM payments_movement_alias a
            JOIN payments_movement t ON t.id = a.movement_id
            WHERE a.rail_id = w.rail_id AND a.external_id = w.external_id AND a.leg = 'transfer'
              AND (t.currency, t.amount_minor) = (w.currency, w.amount_minor)
        )
    )
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'movement %: its id is that of a sweep that arrived', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'arrival_told_once';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER arrival_told_once_by_collections AFTER INSERT ON payments_movement
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION payments_check_collections_arrived();

-- At commit: of a transfer, and of another name of one.
CREATE FUNCTION payments_check_arrival_told() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    arrived bigint;
BEGIN
    IF TG_TABLE_NAME = 'payments_movement' THEN
        arrived := NEW.id;
    ELSE
        arrived := NEW.movement_id;
    END IF;
    PERFORM FROM payments_rail r WHERE r.id = NEW.rail_id FOR UPDATE;
    IF EXISTS (
        SELECT FROM payments_movement t
        JOIN payments_movement c
            ON c.rail_id = NEW.rail_id AND c.external_id = NEW.external_id AND c.leg = 'credit'
            AND (c.currency, c.amount_minor) = (t.currency, t.amount_minor)
        WHERE t.id = arrived
    ) THEN
        RAISE EXCEPTION 'transfer %: a collection has its id', arrived
            USING ERRCODE = 'check_violation', CONSTRAINT = 'arrival_told_once';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER arrival_told_once AFTER INSERT ON payments_movement
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.leg = 'transfer')
    EXECUTE FUNCTION payments_check_arrival_told();
CREATE CONSTRAINT TRIGGER arrival_told_once AFTER INSERT ON payments_movement_alias
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.leg = 'transfer')
    EXECUTE FUNCTION payments_check_arrival_told();
