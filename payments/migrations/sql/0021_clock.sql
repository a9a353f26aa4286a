-- By which clock days end: one row, written by the owner when the tables are made. The application
-- reads it. `ahead` is nothing on real books; tests play dates to come.
--
-- In: the zone of the country's pack. Out: an exception that names the rule. Locks: none.

CREATE TABLE payments_close_clock (
    id boolean PRIMARY KEY DEFAULT true CONSTRAINT close_clock_is_one CHECK (id),
    zone text NOT NULL,
    ahead interval NOT NULL DEFAULT '0',
    CONSTRAINT close_clock_never_behind CHECK (ahead >= interval '0')
);
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON payments_close_clock FROM guichet_application;

-- The latest moment at which anything can have been done by now.
CREATE FUNCTION payments_close_latest() RETURNS timestamptz LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    -- Two machines never quite agree.
    SELECT now() + c.ahead + interval '1 minute' FROM payments_close_clock c
$$;

-- The zone is one that PostgreSQL knows, and stays once a day has been prepared by it.
CREATE FUNCTION payments_check_close_clock() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'DELETE' AND NOT EXISTS (
        SELECT FROM pg_timezone_names z WHERE z.name = NEW.zone
    ) THEN
        RAISE EXCEPTION 'there is no zone %', NEW.zone
            USING ERRCODE = 'check_violation', CONSTRAINT = 'close_clock_zone_known';
    END IF;
    IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR NEW.zone <> OLD.zone)
        AND EXISTS (SELECT FROM payments_close)
    THEN
        RAISE EXCEPTION 'the zone of these books stays: days are closed by it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'close_clock_zone_stays';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER close_clock_zone_stays BEFORE INSERT OR UPDATE OR DELETE ON payments_close_clock
    FOR EACH ROW EXECUTE FUNCTION payments_check_close_clock();
