-- In: the table of openings outside a right, and those of one pair of hands within a day.
-- Out: nobody opens an eleventh, under whichever of her accounts and however many at once; and none
-- is dated before the last, so that no clock makes room for more.
-- Locks: an advisory lock of the person who opens (of the account, where it is nobody's), until the
-- transaction ends.
-- squawk-ignore-file require-timeout-settings, prefer-robust-stmts

CREATE FUNCTION applications_opening_within_limits() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    hers bigint;
    hands bigint[];
    of_the_day bigint;
    last_at timestamptz;
BEGIN
    SELECT a.person_id INTO hers FROM accounts_account a WHERE a.id = NEW.by_id;
    PERFORM pg_advisory_xact_lock(
        hashtext('applications_opening'), (coalesce(hers, NEW.by_id) % 2147483647)::integer
    );
    hands := ARRAY(SELECT a.id FROM accounts_account a WHERE a.person_id = hers) || NEW.by_id;
    SELECT count(*) FILTER (WHERE o.opened_at > NEW.opened_at - interval '1 day'),
           max(o.opened_at)
    INTO of_the_day, last_at
    FROM applications_opening o WHERE o.by_id = ANY (hands);
    IF (of_the_day >= 10) THEN
        RAISE EXCEPTION 'account %: ten openings within a day', NEW.by_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opening_ten_a_day';
    END IF;
    -- Two servers' clocks may differ by as much.
    IF (last_at > NEW.opened_at + interval '5 minutes') THEN
        RAISE EXCEPTION 'account %: an opening before the last', NEW.by_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opening_after_the_last';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER opening_within_limits BEFORE INSERT ON applications_opening
    FOR EACH ROW EXECUTE FUNCTION applications_opening_within_limits();
