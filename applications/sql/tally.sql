-- How many cases wait where, kept beside them, so that no page counts a backlog.
-- In: the moves of cases. Out: applications_tally, whose sums are exact in every snapshot.
-- Locks: writing, none but on rows of its own; rolling up, one advisory lock; this migration holds
-- the cases against writers until they are counted.
-- squawk-ignore-file

-- A move takes one away where the case was and adds one where it is. Rows are only appended, so
-- that no two moves wait for each other. The states are those of models.desk.TALLIED.
CREATE FUNCTION applications_keep_tally() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO applications_tally (deciding_office_id, officer_id, service_code, status, n)
    SELECT place.office, place.officer, place.service, place.status, place.n
    FROM (VALUES
        (OLD.deciding_office_id, OLD.officer_id, OLD.service_code, OLD.status, -1),
        (NEW.deciding_office_id, NEW.officer_id, NEW.service_code, NEW.status, 1)
    ) place (office, officer, service, status, n)
    WHERE place.office IS NOT NULL AND place.status IN (
        'IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_COMPLETION', 'AWAITING_SECOND', 'APPROVED',
        'AWAITING_SIGNATURE', 'UNDER_APPEAL', 'PAYMENT_HELD', 'READY_FOR_COLLECTION'
    );
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION applications_keep_tally() FROM PUBLIC;

CREATE TRIGGER tally_follows AFTER UPDATE ON applications_application
    FOR EACH ROW WHEN (
        (OLD.status, OLD.deciding_office_id, OLD.officer_id)
        IS DISTINCT FROM (NEW.status, NEW.deciding_office_id, NEW.officer_id)
    ) EXECUTE FUNCTION applications_keep_tally();

-- The cases as they are now, counted. A case begins as a draft, which is not counted, so that
-- inserting one needs no trigger.
CREATE FUNCTION applications_count_anew() RETURNS void LANGUAGE sql
    SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM applications_tally;
    INSERT INTO applications_tally
        (deciding_office_id, officer_id, service_code, status, n, rolled)
    SELECT deciding_office_id, officer_id, service_code, status, count(*), true
    FROM applications_application
    WHERE deciding_office_id IS NOT NULL AND status IN (
        'IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_COMPLETION', 'AWAITING_SECOND', 'APPROVED',
        'AWAITING_SIGNATURE', 'UNDER_APPEAL', 'PAYMENT_HELD', 'READY_FOR_COLLECTION'
    )
    GROUP BY deciding_office_id, officer_id, service_code, status;
$$;
REVOKE EXECUTE ON FUNCTION applications_count_anew() FROM PUBLIC;
SELECT applications_count_anew();

-- Puts what was appended together with the sums. Readers see either the rows or their sum; what a
-- transaction in flight will append is seen by nobody yet, and by the next roll-up. Two at once
-- would make two sums of one place: the later one leaves it to the earlier.
CREATE FUNCTION applications_roll_up_tally() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('applications_tally')) THEN
        RETURN;
    END IF;
    WITH fresh AS (
        DELETE FROM applications_tally WHERE NOT rolled
        RETURNING deciding_office_id, officer_id, service_code, status, n
    ),
    place AS (
        SELECT DISTINCT deciding_office_id, officer_id, service_code, status FROM fresh
    ),
    kept AS (
        DELETE FROM applications_tally t USING place p
        WHERE t.rolled AND t.deciding_office_id = p.deciding_office_id
            AND t.officer_id IS NOT DISTINCT FROM p.officer_id
            AND t.service_code = p.service_code AND t.status = p.status
        RETURNING t.deciding_office_id, t.officer_id, t.service_code, t.status, t.n
    )
    INSERT INTO applications_tally
        (deciding_office_id, officer_id, service_code, status, n, rolled)
    SELECT deciding_office_id, officer_id, service_code, status, sum(n), true
    FROM (SELECT * FROM fresh UNION ALL SELECT * FROM kept) part
    GROUP BY deciding_office_id, officer_id, service_code, status
    HAVING sum(n) <> 0;
END $$;
REVOKE EXECUTE ON FUNCTION applications_roll_up_tally() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION applications_roll_up_tally() TO guichet_application;

REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON applications_tally FROM guichet_application;

-- A view names codes and ids only: nothing that somebody types about a person has a key.
ALTER TABLE applications_savedview ADD CONSTRAINT saved_view_names_no_person CHECK (
    jsonb_typeof(filter) = 'object'
    AND filter - ARRAY['list', 'sort', 'service', 'officer', 'status', 'office'] = '{}'::jsonb
);
