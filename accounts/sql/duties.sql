-- Separation of duties, and what a grant may not be born as, kept by PostgreSQL.
-- In:  rows of accounts_grant; the pairs in accounts_conflicting_acts, which each migrate fills.
-- Out: the row, or an error with the constraint's name.
-- Locks: one advisory lock of the person who would hold the grant, after the accounts that
--        accounts_grant_rules takes: two grants to her two logins are one after the other.
--
-- A grant names few people: the table is read in a moment.
-- squawk-ignore-file constraint-missing-not-valid

REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON accounts_conflicting_acts FROM guichet_application;

-- The "C" order is the order of code points, as Python sorts the codes.
ALTER TABLE accounts_conflicting_acts
    ADD CONSTRAINT conflicting_acts_in_code_order
        CHECK (first_act COLLATE "C" < second_act COLLATE "C");

-- Whether one area lies in the other; no area is the whole country.
CREATE FUNCTION accounts_areas_meet(one bigint, other bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT one IS NULL OR other IS NULL OR EXISTS (
        SELECT FROM places_area a, places_area b
        WHERE a.id = one AND b.id = other
          AND (starts_with(a.path || '/', b.path || '/') OR starts_with(b.path || '/', a.path || '/'))
    )
$$;

CREATE FUNCTION accounts_codes_meet(one text, other text) RETURNS boolean
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT one = other OR one = '*' OR other = '*'
$$;

CREATE FUNCTION accounts_grant_two_hands() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    hers bigint;
    -- When it ends for certain; a grant that was ended before it began never was.
    over_at timestamptz := coalesce(least(NEW.until_at, NEW.ended_at), 'infinity');
    clash text;
BEGIN
    SELECT a.person_id INTO hers FROM accounts_account a WHERE a.id = NEW.account_id;
    PERFORM pg_advisory_xact_lock(
        hashtext('accounts_grant'), (coalesce(hers, NEW.account_id) % 2147483647)::integer
    );
    SELECT g.act INTO clash
    FROM accounts_conflicting_acts c
    JOIN accounts_grant g
        ON g.act = (CASE WHEN c.first_act = NEW.act THEN c.second_act ELSE c.first_act END)
    JOIN accounts_account a ON a.id = g.account_id
    WHERE (c.first_act = NEW.act OR c.second_act = NEW.act)
      AND (g.account_id = NEW.account_id OR a.person_id = hers)
      AND g.from_at < over_at
      AND coalesce(least(g.until_at, g.ended_at), 'infinity') > greatest(g.from_at, NEW.from_at)
      AND accounts_codes_meet(g.service_code, NEW.service_code)
      AND accounts_codes_meet(g.rail_code, NEW.rail_code)
      AND accounts_codes_meet(g.beneficiary_code, NEW.beneficiary_code)
      AND accounts_areas_meet(g.area_id, NEW.area_id)
    LIMIT 1;
    IF clash IS NOT NULL THEN
        RAISE EXCEPTION '% and % never lie in one hand', NEW.act, clash
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_hands_apart';
    END IF;
    RETURN NEW;
END $$;

-- What a grant is over never changes and its end only comes nearer, so it is asked when it is given;
-- and again when it is confirmed, because the pair may have been declared in between.
CREATE TRIGGER accounts_grant_two_hands BEFORE INSERT OR UPDATE OF confirmed_at ON accounts_grant
    FOR EACH ROW EXECUTE FUNCTION accounts_grant_two_hands();

-- A right that began before it was given would make what she did without it look allowed.
CREATE FUNCTION accounts_grant_times() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.from_at < NEW.given_at THEN
        RAISE EXCEPTION 'a grant does not begin before it is given'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_not_backdated';
    END IF;
    IF NEW.confirmed_at < NEW.given_at THEN
        RAISE EXCEPTION 'a grant is not confirmed before it is given'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_confirmed_after_given';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_grant_times BEFORE INSERT OR UPDATE OF confirmed_at ON accounts_grant
    FOR EACH ROW EXECUTE FUNCTION accounts_grant_times();

-- Somebody can give rights and somebody confirm them over the whole country, as long as nobody's
-- term has simply run out. Two who end the last two at once wait for each other.
CREATE FUNCTION accounts_grant_last() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('accounts_grant_last'), 0);
    IF NOT EXISTS (
        SELECT FROM accounts_grant g JOIN accounts_account a ON a.id = g.account_id
        WHERE g.act = OLD.act AND g.id <> OLD.id AND g.area_id IS NULL
          AND (g.service_code, g.rail_code, g.beneficiary_code) = ('*', '*', '*')
          AND g.confirmed_at <= NEW.ended_at AND g.from_at <= NEW.ended_at AND g.ended_at IS NULL
          AND (g.until_at IS NULL OR g.until_at > NEW.ended_at) AND a.is_active
    ) THEN
        RAISE EXCEPTION 'nobody else could % over the whole country', OLD.act
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_last_holder';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_grant_last BEFORE UPDATE OF ended_at ON accounts_grant
    FOR EACH ROW WHEN (
        OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
        AND OLD.act IN ('rights.give', 'rights.confirm') AND OLD.area_id IS NULL
        AND OLD.service_code = '*' AND OLD.rail_code = '*' AND OLD.beneficiary_code = '*'
        AND OLD.confirmed_at IS NOT NULL AND OLD.from_at <= NEW.ended_at
        AND (OLD.until_at IS NULL OR OLD.until_at > NEW.ended_at)
    )
    EXECUTE FUNCTION accounts_grant_last();

-- The reasons stay as they were written.
CREATE FUNCTION accounts_grant_reason_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the reason of a grant stays as it was given'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_unchanged';
END $$;

CREATE TRIGGER accounts_grant_reason_rules BEFORE UPDATE ON accounts_grant
    FOR EACH ROW WHEN (
        OLD.given_because IS DISTINCT FROM NEW.given_because
        OR (OLD.ended_because IS DISTINCT FROM NEW.ended_because
            AND (OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL))
    )
    EXECUTE FUNCTION accounts_grant_reason_rules();
