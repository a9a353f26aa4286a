-- Agents who help people apply, said again by PostgreSQL.
-- In:  rows of accounts_agent and accounts_agentfee. Out: the row, or an error that names the rule.
-- Locks: a licence takes the accounts it names FOR SHARE, in id order, so that nobody becomes
--        somebody else meanwhile; a fee takes its licence FOR SHARE.
-- squawk-ignore-file

CREATE FUNCTION accounts_agent_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    holder accounts_account;
    people bigint;
    named bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a licence ends, it is never deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agent_kept';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.account_id, NEW.licence, NEW.business, NEW.agency_id, NEW.area_id, NEW.phone_id,
            NEW.fee_minor, NEW.fee_currency, NEW.from_at, NEW.until_at, NEW.registered_by_id,
            NEW.registered_at) IS DISTINCT FROM
           (OLD.account_id, OLD.licence, OLD.business, OLD.agency_id, OLD.area_id, OLD.phone_id,
            OLD.fee_minor, OLD.fee_currency, OLD.from_at, OLD.until_at, OLD.registered_by_id,
            OLD.registered_at)
           OR (OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_at, NEW.confirmed_by_id)
               IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by_id))
           OR (OLD.suspended_at IS NOT NULL
               AND (NEW.suspended_at, NEW.suspended_by_id, NEW.suspended_because)
               IS DISTINCT FROM (OLD.suspended_at, OLD.suspended_by_id, OLD.suspended_because))
           OR (OLD.ended_at IS NOT NULL AND to_jsonb(NEW) <> to_jsonb(OLD)) THEN
            RAISE EXCEPTION 'a licence is confirmed once, suspended once and ended once'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agent_unchanged';
        END IF;
    ELSIF (NEW.confirmed_at, NEW.suspended_at, NEW.ended_at) IS DISTINCT FROM
          (NULL::timestamptz, NULL::timestamptz, NULL::timestamptz) THEN
        RAISE EXCEPTION 'a licence begins unconfirmed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agent_begins_unconfirmed';
    END IF;

    PERFORM FROM accounts_account a
        WHERE a.id IN (NEW.account_id, NEW.registered_by_id, NEW.confirmed_by_id)
        ORDER BY a.id FOR SHARE;
    SELECT a.* INTO holder FROM accounts_account a WHERE a.id = NEW.account_id;
    -- Who she is must be known: maker, checker and holder are compared by person.
    IF holder.kind <> 'staff' OR holder.is_superuser OR holder.person_id IS NULL THEN
        RAISE EXCEPTION 'a licence is for a login of staff that names its person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agent_names_a_person';
    END IF;
    SELECT count(DISTINCT coalesce(a.person_id, -a.id)), count(*) INTO people, named
        FROM unnest(ARRAY[NEW.account_id, NEW.registered_by_id, NEW.confirmed_by_id]) AS one(id)
        JOIN accounts_account a ON a.id = one.id;
    IF people <> named THEN
        RAISE EXCEPTION 'a licence takes two people, and neither is its holder'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agent_two_people';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_agent_rules BEFORE INSERT OR UPDATE OR DELETE ON accounts_agent
    FOR EACH ROW EXECUTE FUNCTION accounts_agent_rules();

-- What she takes is declared before a second person says yes to it.
CREATE FUNCTION accounts_agent_fee_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM accounts_agent g WHERE g.id = NEW.agent_id AND g.confirmed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a fee is declared before the licence is confirmed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agent_fee_before_confirmed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_agent_fee_rules BEFORE INSERT ON accounts_agentfee
    FOR EACH ROW EXECUTE FUNCTION accounts_agent_fee_rules();

REVOKE UPDATE, DELETE, TRUNCATE ON accounts_agent FROM guichet_application;
GRANT UPDATE (confirmed_by_id, confirmed_at, suspended_by_id, suspended_at, suspended_because,
    ended_by_id, ended_at, ended_because) ON accounts_agent TO guichet_application;

-- Whether this login, or another of its person, was ever registered as an agent's.
CREATE FUNCTION accounts_is_agent(account bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM accounts_account own
        JOIN accounts_account hers ON hers.id = own.id OR hers.person_id = own.person_id
        JOIN accounts_agent g ON g.account_id = hers.id
        WHERE own.id = account
    )
$$;

-- The newest licence by which a login may help at that moment. A suspension of any of its person's
-- is lifted by a licence of after it alone: whoever ends the suspended one revives no other.
CREATE FUNCTION accounts_licence_of(account bigint, at timestamptz) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT max(g.id) FROM accounts_agent g
    WHERE g.account_id = account AND g.confirmed_at <= at AND g.from_at <= at AND g.until_at > at
      AND (g.ended_at IS NULL OR g.ended_at > at)
      AND NOT EXISTS (
          SELECT FROM accounts_account own
          JOIN accounts_account hers ON hers.id = own.id OR hers.person_id = own.person_id
          JOIN accounts_agent s ON s.account_id = hers.id
          WHERE own.id = account AND s.suspended_at <= at
            AND (s.ended_at IS NULL OR s.ended_at > at
                 OR g.registered_at <= s.suspended_at OR g.confirmed_at <= s.suspended_at)
      )
$$;

-- A text stays as it came. Its key may be renewed, and when it is old it is forgotten.
REVOKE UPDATE, TRUNCATE ON accounts_incomingtext FROM guichet_application;
GRANT UPDATE (text) ON accounts_incomingtext TO guichet_application;
