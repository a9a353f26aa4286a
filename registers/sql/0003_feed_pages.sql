-- What a register's feed answered is kept as it came; what it says of people is forgotten in time.
-- In: rows written by registers.operations. Out: an exception that names the rule.
-- Locks: none beyond the row being written.

-- Only the body changes: it is forgotten 90 days after it came, once the feed has gone on from it,
-- and comes back only with the bytes of its hash. The bytes are encrypted: that they are the same
-- is for the code to know.
CREATE FUNCTION registers_feedpage_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'an answer of a feed is never deleted'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'feed_page_kept';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.body IS NULL THEN
            RAISE EXCEPTION 'an answer of a feed is kept with its bytes'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'feed_page_has_its_bytes';
        END IF;
        RETURN NEW;
    END IF;
    IF (to_jsonb(NEW) - 'body') <> (to_jsonb(OLD) - 'body')
       OR (OLD.body IS NOT NULL AND NEW.body IS NOT NULL AND NEW.body <> OLD.body) THEN
        RAISE EXCEPTION 'feed page %: what was answered stands', OLD.id
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'feed_page_kept';
    END IF;
    IF OLD.body IS NOT NULL AND NEW.body IS NULL AND (
        OLD.received_at > now() - interval '90 days'
        OR EXISTS (
            SELECT FROM registers_feed f WHERE f.id = OLD.feed_id AND f.cursor = OLD.cursor
        )
        OR EXISTS (
            SELECT FROM registers_strangeevent s
            WHERE s.page_id = OLD.id AND s.settled_at IS NULL
        )
    ) THEN
        RAISE EXCEPTION 'feed page %: its bytes are kept for 90 days, and while they are needed',
            OLD.id
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'feed_page_kept_90_days';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registers_feedpage_guard BEFORE INSERT OR UPDATE OR DELETE ON registers_feedpage
    FOR EACH ROW EXECUTE FUNCTION registers_feedpage_guard();
CREATE TRIGGER registers_feedpage_no_truncate BEFORE TRUNCATE ON registers_feedpage
    FOR EACH STATEMENT EXECUTE FUNCTION registers_feedpage_guard();
REVOKE DELETE, TRUNCATE ON registers_feedpage FROM guichet_application;
CREATE INDEX feed_page_to_forget ON registers_feedpage (received_at) WHERE body IS NOT NULL;
