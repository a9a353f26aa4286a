-- The limits' force: nobody binds herself alone, and an approval is within what is left of the day.
--
-- In: rows of payments.operations.controlling.limits; approvals of refunds and remittances. Locks: an
-- approval holds the limits that it falls under, so that two at once are added up one after the other.
--
-- Made before there is much money.
-- squawk-ignore-file require-concurrent-index-creation

-- Nobody approves the limit that binds herself, by any of her accounts, now or later: a grant that
-- begins tomorrow, or waits for its confirmation, binds too.
CREATE FUNCTION payments_check_limit_binds_others() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM accounts_grant g
        WHERE g.act = NEW.act AND payments_same_hands(g.account_id, NEW.checker_id)
          AND (g.until_at IS NULL OR g.until_at > NEW.decided_at)
          AND (g.ended_at IS NULL OR g.ended_at > NEW.decided_at)
    ) THEN
        RAISE EXCEPTION 'limit %: its checker binds herself', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_binds_others';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER limit_binds_others BEFORE UPDATE ON payments_limit
    FOR EACH ROW WHEN (NEW.approved AND OLD.approved IS NULL)
    EXECUTE FUNCTION payments_check_limit_binds_others();

-- At commit: a limit ends with the one that takes its place.
CREATE FUNCTION payments_check_limit_ended() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_limit l
        WHERE (l.act, l.rail_code, l.currency) = (NEW.act, NEW.rail_code, NEW.currency)
          AND l.id <> NEW.id AND l.approved AND l.from_at = NEW.until_at
    ) THEN
        RAISE EXCEPTION 'limit %: it ends with the one that follows', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_ends_with_the_next';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER limit_ends_with_the_next AFTER UPDATE ON payments_limit
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.until_at IS NOT NULL) EXECUTE FUNCTION payments_check_limit_ended();

CREATE INDEX refund_decided ON payments_refund (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX remittance_approved ON payments_remittance (approved_at) WHERE approved_at IS NOT NULL;

-- What is held against a limit: what all who hold an act have approved on the local day of a moment,
-- on a rail or on all ('*'); or of that, what one person has, by any of her accounts.
CREATE FUNCTION payments_approved_that_day(
    of_act text, on_rail text, in_currency text, at timestamptz, in_zone text,
    by_account_id bigint DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    begins timestamptz := date_trunc('day', at AT TIME ZONE in_zone) AT TIME ZONE in_zone;
    ends timestamptz :=
        (date_trunc('day', at AT TIME ZONE in_zone) + interval '1 day') AT TIME ZONE in_zone;
    hers bigint[] := ARRAY(
        SELECT a.id FROM accounts_account a
        WHERE a.id = by_account_id OR a.person_id = (
            SELECT b.person_id FROM accounts_account b WHERE b.id = by_account_id
        )
    );
    found_minor bigint;
BEGIN
    IF of_act = 'refund.decide' THEN
        SELECT sum(f.amount_minor) INTO found_minor
        FROM payments_refund f
        JOIN payments_movement m ON m.id = f.movement_id
        JOIN payments_rail r ON r.id = m.rail_id
        WHERE f.decided_at >= begins AND f.decided_at < ends AND f.currency = in_currency
          AND f.state NOT IN ('PROPOSED', 'REQUESTED', 'DECLINED') AND on_rail IN ('*', r.code)
          AND (by_account_id IS NULL OR f.checker_id = ANY (hers));
    ELSE
        SELECT sum(b.amount_minor) INTO found_minor
        FROM payments_remittance b JOIN payments_rail r ON r.id = b.rail_id
        WHERE b.approved_at >= begins AND b.approved_at < ends AND b.currency = in_currency
          AND on_rail IN ('*', r.code)
          AND (by_account_id IS NULL OR b.checker_id = ANY (hers));
    END IF;
    RETURN coalesce(found_minor, 0);
END $$;

-- The limits that an approval falls under, held; the pack's where two people have set none over all
-- rails together.
CREATE FUNCTION payments_limits_on(
    of_act text, on_rail text, in_currency text, at timestamptz
) RETURNS TABLE (
    over_rail text, act_minor bigint, person_minor bigint, day_minor bigint, in_zone text
) LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT '*', d.per_act_minor, d.per_person_minor, d.per_day_minor, d.zone
    FROM payments_limit_default d
    WHERE d.act = of_act AND d.currency = in_currency AND NOT EXISTS (
        SELECT FROM payments_limit l
        WHERE (l.act, l.rail_code, l.currency) = (of_act, '*', in_currency)
          AND l.approved AND l.from_at <= at AND (l.until_at IS NULL OR l.until_at > at)
    )
    FOR NO KEY UPDATE OF d;
    RETURN QUERY SELECT l.rail_code, l.per_act_minor, l.per_person_minor, l.per_day_minor, l.zone
    FROM payments_limit l
    WHERE l.act = of_act AND l.rail_code IN ('*', on_rail) AND l.currency = in_currency
      AND l.approved AND l.from_at <= at AND (l.until_at IS NULL OR l.until_at > at)
    ORDER BY l.id FOR NO KEY UPDATE;
END $$;

-- Takes the act as argument. The row itself has not moved yet, so it is not in the day's sum.
CREATE FUNCTION payments_check_limit() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_act text := TG_ARGV[0];
    decided timestamptz := CASE TG_ARGV[0]
        WHEN 'refund.decide' THEN (to_jsonb(NEW) ->> 'decided_at')::timestamptz
        ELSE (to_jsonb(NEW) ->> 'approved_at')::timestamptz
    END;
    on_rail text := (
        SELECT r.code FROM payments_rail r
        WHERE r.id = CASE TG_ARGV[0]
            WHEN 'refund.decide' THEN (
                SELECT m.rail_id FROM payments_movement m
                WHERE m.id = (to_jsonb(NEW) ->> 'movement_id')::bigint
            )
            ELSE (to_jsonb(NEW) ->> 'rail_id')::bigint
        END
    );
    held record;
BEGIN
    -- What counts on a day is decided on it: else each approval would take another day's limit.
    IF decided IS NULL OR decided > payments_close_latest() OR EXISTS (
        SELECT FROM payments_close_clock c
        WHERE c.ahead = interval '0' AND decided < now() - interval '1 hour'
    ) THEN
        RAISE EXCEPTION '% %: it is approved at the time at which it is', TG_TABLE_NAME, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_by_the_clock';
    END IF;
    FOR held IN SELECT l.* FROM payments_limits_on(of_act, on_rail, NEW.currency, decided) l
    LOOP
        IF NEW.amount_minor > held.act_minor THEN
            RAISE EXCEPTION '% %: above the limit of one act', TG_TABLE_NAME, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_per_act';
        END IF;
        IF NEW.amount_minor + payments_approved_that_day(
            of_act, held.over_rail, NEW.currency, decided, held.in_zone, NEW.checker_id
        ) > held.person_minor THEN
            RAISE EXCEPTION '% %: above what one person approves on one day', TG_TABLE_NAME, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_per_person';
        END IF;
        IF NEW.amount_minor + payments_approved_that_day(
            of_act, held.over_rail, NEW.currency, decided, held.in_zone
        ) > held.day_minor THEN
            RAISE EXCEPTION '% %: above the limit of the day', TG_TABLE_NAME, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_per_day';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER refund_within_limits BEFORE UPDATE OF state ON payments_refund
    FOR EACH ROW WHEN (OLD.state = 'REQUESTED' AND NEW.state IN ('APPROVED', 'AWAITING_FUNDS'))
    EXECUTE FUNCTION payments_check_limit('refund.decide');
CREATE TRIGGER remittance_within_limits BEFORE UPDATE OF state ON payments_remittance
    FOR EACH ROW WHEN (OLD.state <> 'APPROVED' AND NEW.state = 'APPROVED')
    EXECUTE FUNCTION payments_check_limit('remittance.decide');
-- What counts on a day counts on that day; a batch's approved_at is frozen already.
CREATE TRIGGER refund_decided_on_its_day BEFORE UPDATE OF decided_at ON payments_refund
    FOR EACH ROW WHEN (
        OLD.decided_at IS NOT NULL AND NEW.decided_at IS DISTINCT FROM OLD.decided_at
        AND NEW.state <> 'DECLINED'
    )
    EXECUTE FUNCTION payments_frozen();
