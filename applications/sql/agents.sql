-- Agents who apply with citizens, said again by PostgreSQL.
-- In: rows written by applications.operations. Out: an exception that names the rule.
-- Locks: whoever is helped through one phone is counted under an advisory lock of that phone.
-- squawk-ignore-file

-- An agent helps under a licence in force, in its area, for no more than she has declared; and
-- nobody who is helped is reached through the phone of an agent's business.
CREATE FUNCTION applications_help_within_licence() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held accounts_agent;
    declared bigint;
BEGIN
    IF EXISTS (
        SELECT FROM accounts_agent g
        WHERE g.phone_id = NEW.contact_id AND g.until_at > NEW.begun_at
          AND (g.ended_at IS NULL OR g.ended_at > NEW.begun_at)
    ) THEN
        RAISE EXCEPTION 'an agent''s phone is nobody''s whom she helps'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_phone_is_no_agents';
    END IF;
    IF NOT accounts_is_agent(NEW.helper_id) THEN
        RETURN NEW;
    END IF;
    SELECT g.* INTO held FROM accounts_agent g
        WHERE g.id = accounts_licence_of(NEW.helper_id, NEW.begun_at);
    IF held.id IS NULL OR NOT EXISTS (
        SELECT FROM places_office o
        JOIN places_area a ON a.id = o.area_id
        JOIN places_area l ON l.id = held.area_id
        WHERE o.id = NEW.office_id AND starts_with(a.path || '/', l.path || '/')
    ) THEN
        RAISE EXCEPTION 'no licence of hers is in force here'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_within_licence';
    END IF;
    SELECT f.fee_minor INTO declared FROM accounts_agentfee f
        WHERE f.agent_id = held.id AND f.service_code = NEW.service_code;
    IF NEW.fee_minor > coalesce(declared, held.fee_minor) OR NEW.fee_currency <> held.fee_currency THEN
        RAISE EXCEPTION 'more than the agent has declared'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_fee_as_declared';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER help_within_licence BEFORE INSERT ON applications_assistance
    FOR EACH ROW EXECUTE FUNCTION applications_help_within_licence();

-- How many persons a helper, under whatever login, has helped through one phone within thirty
-- days, since a supervisor last let her go on.
CREATE FUNCTION applications_helped_through(helper bigint, contact bigint, until_at timestamptz)
    RETURNS SETOF bigint LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT h.holder_id FROM applications_assistance h
    WHERE h.contact_id = contact AND h.application_id IS NOT NULL
      AND h.begun_at > until_at - interval '30 days'
      AND applications_same_hands(h.helper_id, helper)
      AND h.begun_at > coalesce((
          SELECT max(r.released_at) FROM applications_helphold r
          WHERE r.contact_id = contact AND applications_same_hands(r.helper_id, helper)
      ), '-infinity')
$$;

CREATE FUNCTION applications_help_not_too_many() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(
        hashtext('applications_help_phone'), (NEW.contact_id % 2147483647)::integer
    );
    IF (
        SELECT count(DISTINCT who) FROM (
            SELECT applications_helped_through(NEW.helper_id, NEW.contact_id, NEW.begun_at)
            UNION ALL SELECT NEW.holder_id
        ) AS helped(who)
    ) > 5 THEN
        RAISE EXCEPTION 'help %: one phone, too many persons', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_persons_of_a_phone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER help_not_too_many BEFORE UPDATE OF application_id ON applications_assistance
    FOR EACH ROW WHEN (OLD.application_id IS NULL AND NEW.application_id IS NOT NULL)
    EXECUTE FUNCTION applications_help_not_too_many();

-- Whoever lets a helper go on is another, and says so once.
CREATE FUNCTION applications_help_hold_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.released_at IS NOT NULL THEN
            RAISE EXCEPTION 'a hold begins unreleased'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'help_hold_begins_open';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.released_at IS NOT NULL THEN
        RAISE EXCEPTION 'a hold is released once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_hold_released_once';
    END IF;
    IF NEW.released_by_id IS NOT NULL
       AND applications_same_hands(NEW.helper_id, NEW.released_by_id) THEN
        RAISE EXCEPTION 'nobody lets herself go on'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_hold_released_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER help_hold_rules BEFORE INSERT OR UPDATE ON applications_helphold
    FOR EACH ROW EXECUTE FUNCTION applications_help_hold_rules();

-- An agent whose licence has ended sends nothing in, whatever was agreed to before.
CREATE FUNCTION applications_sent_in_licensed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF accounts_is_agent(NEW.changed_by_id)
       AND accounts_licence_of(NEW.changed_by_id, NEW.changed_at) IS NULL THEN
        RAISE EXCEPTION 'case %: its helper has no licence in force', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_sent_in_licensed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_sent_in_licensed BEFORE INSERT ON applications_statuschange
    FOR EACH ROW WHEN (
        NEW.changed_by_id IS NOT NULL AND (
            (NEW.source = 'DRAFT' AND NEW.target IN ('AWAITING_PAYMENT', 'PAID'))
            OR (NEW.source = 'AWAITING_COMPLETION' AND NEW.target = 'UNDER_REVIEW')
        )
    )
    EXECUTE FUNCTION applications_sent_in_licensed();

-- Through the phone of an agent's business no more persons begin a case than a family has.
CREATE FUNCTION applications_begun_on_own_phone() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM accounts_agent g
        WHERE g.phone_id = NEW.contact_id AND g.until_at > NEW.created_at
          AND (g.ended_at IS NULL OR g.ended_at > NEW.created_at)
    ) THEN
        PERFORM pg_advisory_xact_lock(
            hashtext('applications_help_phone'), (NEW.contact_id % 2147483647)::integer
        );
        IF (
            SELECT count(DISTINCT a.holder_id) FROM applications_application a
            WHERE a.contact_id = NEW.contact_id AND a.holder_id <> NEW.holder_id
              AND a.created_at > NEW.created_at - interval '30 days'
        ) >= 5 THEN
            RAISE EXCEPTION 'an agent''s phone, too many persons'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'case_on_a_persons_phone';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_on_a_persons_phone BEFORE INSERT ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_begun_on_own_phone();

-- What was typed stays as it was typed; only its key may be renewed.
REVOKE UPDATE, DELETE, TRUNCATE ON applications_helpstep FROM guichet_application;
GRANT UPDATE (value) ON applications_helpstep TO guichet_application;
REVOKE UPDATE, DELETE, TRUNCATE ON applications_helphold FROM guichet_application;
GRANT UPDATE (released_by_id, released_at, released_because)
    ON applications_helphold TO guichet_application;
