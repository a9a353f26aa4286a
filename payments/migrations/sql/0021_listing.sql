-- What may be listed as a difference: what differs, on a day that is open. Else somebody could list
-- and settle beforehand what she means to do, and no record would tell of it.
--
-- In: new rows of payments_close_difference. Locks: their days FOR KEY SHARE, so that a close waits
-- for what is being listed, and what is listed later waits for it.

CREATE FUNCTION payments_check_listed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.settled_at IS NOT NULL THEN
        RAISE EXCEPTION 'difference %: settled before it was listed', NEW.subject
            USING ERRCODE = 'check_violation', CONSTRAINT = 'close_difference_listed_open';
    END IF;
    IF NEW.opened_at > payments_close_latest() THEN
        RAISE EXCEPTION 'difference %: listed ahead of the clock', NEW.subject
            USING ERRCODE = 'check_violation', CONSTRAINT = 'close_by_the_clock';
    END IF;
    PERFORM FROM payments_ledger_day d
    WHERE d.day = NEW.day_found AND d.closed_at IS NULL FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'difference %: day % is closed', NEW.subject, NEW.day_found
            USING ERRCODE = 'check_violation', CONSTRAINT = 'close_difference_of_an_open_day';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER close_difference_listed BEFORE INSERT ON payments_close_difference
    FOR EACH ROW EXECUTE FUNCTION payments_check_listed();

-- Once per statement and day: finding is one query, however many are listed.
CREATE FUNCTION payments_check_differs() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made_up text;
BEGIN
    SELECT l.subject INTO made_up
    FROM (
        SELECT d.subject, d.day_found, d.kind, d.currency, d.amount_minor, d.rail_id FROM listed d
        EXCEPT
        SELECT f.subject, n.day_found, f.kind, f.currency, f.amount_minor, f.rail_id
        FROM (SELECT DISTINCT d.day_found FROM listed d) n
        CROSS JOIN payments_close_clock c
        CROSS JOIN LATERAL payments_differences_of_day(n.day_found, c.zone) f
    ) l
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'difference %: it does not differ', made_up
            USING ERRCODE = 'check_violation', CONSTRAINT = 'close_difference_differs';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER close_difference_differs AFTER INSERT ON payments_close_difference
    REFERENCING NEW TABLE AS listed FOR EACH STATEMENT EXECUTE FUNCTION payments_check_differs();
