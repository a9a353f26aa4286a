-- What a feed told stands as it was written down, and what was strange in it stays in sight.
-- In: rows written by registers.operations. Out: an exception that names the rule.
-- Locks: none beyond the row being written.

CREATE FUNCTION registers_event_of_its_page() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM registers_feedpage p WHERE p.id = NEW.page_id AND p.feed_id = NEW.feed_id
    ) THEN
        RAISE EXCEPTION 'an event stands on a page of its own feed, not on page %', NEW.page_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'register_event_of_its_page';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registers_event_of_its_page BEFORE INSERT ON registers_registerevent
    FOR EACH ROW EXECUTE FUNCTION registers_event_of_its_page();
CREATE TRIGGER registers_strange_event_of_its_page BEFORE INSERT ON registers_strangeevent
    FOR EACH ROW EXECUTE FUNCTION registers_event_of_its_page();

-- At commit: an event concerns as many people as it was written down with, and nobody joins later.
CREATE FUNCTION registers_event_persons() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_event bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
BEGIN
    IF (SELECT e.persons FROM registers_registerevent e WHERE e.id = of_event)
       <> (SELECT count(*) FROM registers_eventperson p WHERE p.event_id = of_event) THEN
        RAISE EXCEPTION 'event % concerns other people than it was written down with', of_event
            USING ERRCODE = 'check_violation', CONSTRAINT = 'register_event_persons';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER registers_event_persons AFTER INSERT ON registers_registerevent
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION registers_event_persons('id');
CREATE CONSTRAINT TRIGGER registers_event_person_joins AFTER INSERT ON registers_eventperson
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION registers_event_persons('event_id');

-- A strange event is settled once, and never deleted.
CREATE FUNCTION registers_strangeevent_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'what a feed told is never deleted'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'strange_event_kept';
    END IF;
    IF OLD.settled_at IS NOT NULL
       OR (to_jsonb(NEW) - 'settled_at' - 'note') <> (to_jsonb(OLD) - 'settled_at' - 'note') THEN
        RAISE EXCEPTION 'strange event %: what was told stands, and is settled once', OLD.id
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'strange_event_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registers_strangeevent_guard BEFORE UPDATE OR DELETE ON registers_strangeevent
    FOR EACH ROW EXECUTE FUNCTION registers_strangeevent_guard();
CREATE TRIGGER registers_strangeevent_no_truncate BEFORE TRUNCATE ON registers_strangeevent
    FOR EACH STATEMENT EXECUTE FUNCTION registers_strangeevent_guard();
REVOKE DELETE, TRUNCATE ON registers_strangeevent FROM guichet_application;
