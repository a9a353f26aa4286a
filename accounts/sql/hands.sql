-- squawk-ignore-file
-- Two people are two pairs of hands, and whoever gives a right has the right to.
-- In:  rows of accounts_grant, accounts_factorreset, accounts_invitation, accounts_agent,
--      accounts_phonechange, accounts_guardianship, accounts_directorysubject.
-- Out: the row, or an error with the constraint's name.
-- Locks: none beyond the row: a grant's accounts are locked by accounts_grant_rules before.

-- The phones by which the holder of an account signs in, or is reached, now.
CREATE FUNCTION accounts_phones_of(account bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.contact_id FROM accounts_account a WHERE a.id = account AND a.contact_id IS NOT NULL
    UNION
    SELECT b.contact_id FROM accounts_account a
    JOIN accounts_personcontact b ON b.person_id = a.person_id AND b.until_at IS NULL
    JOIN accounts_contactpoint c ON c.id = b.contact_id AND c.kind = 'phone'
    WHERE a.id = account
$$;

-- One pair of hands: one account, two accounts of one person, or two that share a phone. Whoever
-- holds the phone reads the codes of both.
CREATE FUNCTION accounts_same_hands(one bigint, other bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT one = other OR EXISTS (
        SELECT FROM accounts_account a JOIN accounts_account b ON b.person_id = a.person_id
        WHERE a.id = one AND b.id = other
    ) OR EXISTS (
        SELECT accounts_phones_of(one) INTERSECT SELECT accounts_phones_of(other)
    )
$$;

-- Refuses a row in which two of the named columns are different accounts of one pair of hands.
-- Arguments: the constraint's name, then the columns.
CREATE FUNCTION accounts_apart() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    named bigint[] := ARRAY(
        SELECT (to_jsonb(NEW) ->> name)::bigint FROM unnest(TG_ARGV[1:]) AS given(name)
    );
BEGIN
    IF (EXISTS (
        SELECT FROM unnest(named) AS a(id) JOIN unnest(named) AS b(id) ON a.id < b.id
        WHERE accounts_same_hands(a.id, b.id)
    )) THEN
        RAISE EXCEPTION '% %: two of its people are one pair of hands', TG_TABLE_NAME, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_grant_rules_hands
    BEFORE INSERT OR UPDATE OF confirmed_by_id ON accounts_grant
    FOR EACH ROW WHEN (NEW.ended_at IS NULL)
    EXECUTE FUNCTION accounts_apart(
        'grant_different_people', 'account_id', 'given_by_id', 'confirmed_by_id'
    );
CREATE TRIGGER accounts_factor_reset_rules_hands
    BEFORE INSERT OR UPDATE OF decided_by_id ON accounts_factorreset
    FOR EACH ROW WHEN (NEW.approved IS NOT FALSE)
    EXECUTE FUNCTION accounts_apart(
        'factor_reset_different_people', 'account_id', 'asked_by_id', 'decided_by_id'
    );
CREATE TRIGGER accounts_invitation_rules_hands BEFORE INSERT ON accounts_invitation
    FOR EACH ROW EXECUTE FUNCTION accounts_apart('invitation_by_another', 'account_id', 'by_id');
CREATE TRIGGER accounts_agent_rules_hands
    BEFORE INSERT OR UPDATE OF confirmed_by_id ON accounts_agent
    FOR EACH ROW WHEN (NEW.ended_at IS NULL)
    EXECUTE FUNCTION accounts_apart(
        'agent_two_people', 'account_id', 'registered_by_id', 'confirmed_by_id'
    );
CREATE TRIGGER accounts_phone_change_rules_hands
    BEFORE INSERT OR UPDATE OF confirmed_by_id ON accounts_phonechange
    FOR EACH ROW WHEN (NEW.at_counter)
    EXECUTE FUNCTION accounts_apart(
        'phone_change_different_people', 'asked_by_id', 'confirmed_by_id'
    );
CREATE TRIGGER accounts_guardian_rules_hands
    BEFORE INSERT OR UPDATE OF decided_by_id ON accounts_guardianship
    FOR EACH ROW EXECUTE FUNCTION accounts_apart(
        'guardian_decided_by_another', 'asked_by_id', 'decided_by_id'
    );

-- Whether an account holds an act over the whole of what a grant is over, at a moment.
CREATE FUNCTION accounts_holds(who bigint, of_act text, wanted accounts_grant, at timestamptz)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM accounts_grant g JOIN accounts_account a ON a.id = g.account_id
        WHERE g.account_id = who AND g.act = of_act AND g.id <> wanted.id
          AND a.is_active AND a.kind = 'staff' AND NOT a.is_superuser
          AND g.confirmed_at <= at AND g.from_at <= at
          AND (g.until_at IS NULL OR g.until_at > at) AND (g.ended_at IS NULL OR g.ended_at > at)
          AND g.service_code IN ('*', wanted.service_code)
          AND g.rail_code IN ('*', wanted.rail_code)
          AND g.beneficiary_code IN ('*', wanted.beneficiary_code)
          AND (g.area_id IS NULL OR EXISTS (
              SELECT FROM places_area wide, places_area narrow
              WHERE wide.id = g.area_id AND narrow.id = wanted.area_id
                AND starts_with(narrow.path || '/', wide.path || '/')
          ))
    )
$$;

-- Whether nobody could give rights, or nobody confirm them, over the whole country: then the first
-- two rights come from nobody's (`manage.py found_rights`).
CREATE FUNCTION accounts_is_founding(founded accounts_grant, at timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT founded.act IN ('rights.give', 'rights.confirm') AND founded.area_id IS NULL
      AND (founded.service_code, founded.rail_code, founded.beneficiary_code) = ('*', '*', '*')
      AND 2 > (
          SELECT count(DISTINCT g.act) FROM accounts_grant g
          JOIN accounts_account a ON a.id = g.account_id
          WHERE g.act IN ('rights.give', 'rights.confirm') AND g.id <> founded.id
            AND g.area_id IS NULL
            AND (g.service_code, g.rail_code, g.beneficiary_code) = ('*', '*', '*')
            AND g.confirmed_at <= at AND g.from_at <= at
            AND (g.until_at IS NULL OR g.until_at > at)
            AND (g.ended_at IS NULL OR g.ended_at > at)
            AND a.is_active
      )
$$;

-- Nobody gives or confirms wider than she holds; whoever gave it can still give it when it counts.
CREATE FUNCTION accounts_grant_by_right() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (TG_OP = 'INSERT'
        AND NOT accounts_holds(NEW.given_by_id, 'rights.give', NEW, NEW.given_at)
        AND NOT accounts_is_founding(NEW, NEW.given_at)) THEN
        RAISE EXCEPTION 'account % could not give this right', NEW.given_by_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_given_by_right';
    END IF;
    IF (NEW.confirmed_at IS NOT NULL
        AND NOT (accounts_holds(NEW.confirmed_by_id, 'rights.confirm', NEW, NEW.confirmed_at)
                 AND accounts_holds(NEW.given_by_id, 'rights.give', NEW, NEW.confirmed_at))
        AND NOT accounts_is_founding(NEW, NEW.confirmed_at)) THEN
        RAISE EXCEPTION 'account % could not confirm this right', NEW.confirmed_by_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_confirmed_by_right';
    END IF;
    RETURN NULL;
END $$;

-- After whatever else speaks against the row.
CREATE TRIGGER accounts_grant_rules_right AFTER INSERT OR UPDATE OF confirmed_at ON accounts_grant
    FOR EACH ROW EXECUTE FUNCTION accounts_grant_by_right();
