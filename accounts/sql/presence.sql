-- Absences, said again by PostgreSQL: one at a time, and nobody stands in who is away herself.
-- In: rows of accounts_absence. Out: the row, or an error with the constraint's name.
-- Locks: both accounts FOR NO KEY UPDATE, in id order, so that two who name each other at the same
--        moment are one after the other.
-- squawk-ignore-file

-- What is left of an absence: until it was to end, or was ended; nothing, if before it began.
CREATE FUNCTION accounts_away(from_at timestamptz, until_at timestamptz, ended_at timestamptz)
RETURNS tstzrange LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT tstzrange(from_at, greatest(from_at, least(until_at, ended_at)))
$$;

ALTER TABLE accounts_absence ADD CONSTRAINT absence_one_at_a_time
    EXCLUDE USING gist (account_id WITH =, accounts_away(from_at, until_at, ended_at) WITH &&);

CREATE FUNCTION accounts_absence_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an absence ends, it is never deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'absence_kept';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (NEW.account_id, NEW.from_at, NEW.until_at, NEW.kind, NEW.entered_by_id, NEW.entered_at)
            IS DISTINCT FROM
        (OLD.account_id, OLD.from_at, OLD.until_at, OLD.kind, OLD.entered_by_id, OLD.entered_at)
        OR NEW.stand_in_id IS DISTINCT FROM OLD.stand_in_id
        OR OLD.ended_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'an absence is ended once; nothing else of it changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'absence_unchanged';
    END IF;
    IF TG_OP = 'UPDATE' OR NEW.stand_in_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM FROM accounts_account a WHERE a.id IN (NEW.account_id, NEW.stand_in_id)
        ORDER BY a.id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM accounts_absence b
        WHERE b.account_id = NEW.stand_in_id
            AND accounts_away(b.from_at, b.until_at, b.ended_at)
                && tstzrange(NEW.from_at, NEW.until_at)
    ) THEN
        RAISE EXCEPTION 'account % is away herself', NEW.stand_in_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'stand_in_is_here';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER absence_rules BEFORE INSERT OR UPDATE OR DELETE ON accounts_absence
    FOR EACH ROW EXECUTE FUNCTION accounts_absence_rules();
