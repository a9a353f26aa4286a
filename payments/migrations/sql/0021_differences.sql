-- Out: the rails whose statements reach a day, every account of theirs. An account that the rail's
-- others have outrun by five weeks is closed.
CREATE FUNCTION payments_rails_stated(of_day date) RETURNS TABLE (rail_id bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    WITH account AS (
        SELECT s.rail_id, s.account, min(coalesce(s.from_day, s.to_day)) AS first_day,
            max(s.to_day) AS last_day
        FROM payments_statement s
        WHERE s.state = 'POSTED' AND NOT s.is_advice
        GROUP BY s.rail_id, s.account
    )
    SELECT a.rail_id
    FROM account a
    JOIN (SELECT n.rail_id, max(n.last_day) AS last_day FROM account n GROUP BY n.rail_id) newest
        ON newest.rail_id = a.rail_id
    WHERE a.last_day > newest.last_day - 35
    GROUP BY a.rail_id
    HAVING min(a.first_day) <= of_day AND min(a.last_day) >= of_day
$$;

-- Whether what an alarm rang for is still on its way: a sweep that has not arrived, a batch that no
-- statement shows, an ordered move that has not left. One person answers the alarm; that brings no
-- money. False for alarms of other kinds.
CREATE FUNCTION payments_is_late(alarm_kind text, about text) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    about_id bigint := substring(about FROM '^[a-z]+:([0-9]+)$')::bigint;
BEGIN
    RETURN CASE alarm_kind
        WHEN 'sweep_not_arrived' THEN EXISTS (
            SELECT FROM payments_late_sweep s WHERE s.id = about_id
        )
        WHEN 'remittance_not_confirmed' THEN EXISTS (
            SELECT FROM payments_remittance r
            WHERE r.id = about_id AND r.state IN ('APPROVED', 'SENT', 'ACKNOWLEDGED')
        )
        WHEN 'move_not_left' THEN EXISTS (
            SELECT FROM payments_move_under_way v WHERE v.id = about_id
        )
        ELSE false
    END;
END $$;

-- What on a day does not agree, whether somebody has listed it or not.
--
-- In:    a ledger day; the country's zone, in which that day has its end.
-- Out:   kind and subject (together they name it), rail, currency and amount.
-- Locks: none. A day's journals are read by journal_of_day, its movements by their primary key.
--
-- not_on_statement   told by message and on no statement, though the rail's statements cover the
--                    day: this one, or a closed one that a statement has told of since the last
--                    signature; or it rings as such
-- never_told         on a statement alone, while the rail told others of that day
-- amounts_differ, references_differ   two tellings of one movement
-- statement_gap      a statement is held back, and no other tells its lines: whatever was said of
--                    its alarm
-- not_arrived        an alarm rang because money was late, and it still is: whoever answered it
-- charge_not_tariff, balance_off, alarm_unanswered   an alarm that still rings
-- debit_unexplained  money that left, ordered by nobody here, without two people's explanation
-- line_waiting       a statement's line that takes back a collection nobody has told of
-- statement_missing  money moved on the rail, and no statement of it reaches this day
-- inbox_not_empty    messages of that day or before it are not posted
CREATE FUNCTION payments_differences_of_day(of_day date, in_zone text)
    RETURNS TABLE (kind text, subject text, rail_id bigint, currency text, amount_minor bigint)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    day_ends timestamptz := (of_day + 1)::timestamp AT TIME ZONE in_zone;
    closed_before timestamptz := (
        SELECT max(c.signed_at) FROM payments_close c WHERE c.day < of_day
    );
BEGIN
    RETURN QUERY
    WITH fresh AS MATERIALIZED (
        SELECT s.rail_id, coalesce(s.from_day, s.to_day) AS first_day, s.to_day AS last_day
        FROM payments_statement s
        WHERE s.state = 'POSTED' AND NOT s.is_advice
          -- What began before a signature may have landed after it.
          AND s.posted_at > closed_before - interval '1 hour'
    ),
    late AS (
        SELECT d.day, f.rail_id
        FROM fresh f JOIN payments_ledger_day d ON d.day BETWEEN f.first_day AND f.last_day
        WHERE d.day < of_day AND d.closed_at IS NOT NULL
        UNION
        -- Days that statements have passed over: they will have none of their own.
        SELECT c.day_found, c.rail_id
        FROM payments_close_difference c
        WHERE c.kind = 'statement_missing' AND c.day_found < of_day
          AND (c.settled_at IS NULL OR c.settled_at > closed_before - interval '1 hour')
          AND c.rail_id IN (SELECT f.rail_id FROM fresh f WHERE f.first_day > c.day_found)
          AND EXISTS (
              SELECT FROM payments_statement s
              WHERE s.rail_id = c.rail_id AND s.state = 'POSTED' AND NOT s.is_advice
                AND s.to_day < c.day_found
          )
    ),
    asked AS MATERIALIZED (
        SELECT of_day AS day, NULL::bigint AS rail_id
        UNION ALL
        SELECT l.day, l.rail_id FROM late l
        WHERE l.rail_id IN (SELECT s.rail_id FROM payments_rails_stated(l.day) s)
    ),
    moved AS MATERIALIZED (
        SELECT m.id, m.rail_id, m.leg, m.currency, m.amount_minor,
            a.rail_id IS NOT NULL AS is_late,
            EXISTS (
                SELECT FROM payments_evidence e
                WHERE e.movement_id = m.id AND e.source = 'message'
            ) AS is_told,
            EXISTS (
                SELECT FROM payments_statement_line l
                WHERE l.movement_id = m.id AND NOT l.is_advice
            ) AS is_stated,
            -- A float is a wallet of its own, without a statement.
            m.leg = 'payout' AND EXISTS (
                SELECT FROM payments_posting p
                JOIN payments_ledger_account a ON a.id = p.account_id
                WHERE p.journal_id = j.id AND p.line_no = 1 AND a.role = 'refund_float'
            ) AS is_of_float
        FROM asked a
        -- Day by day: the index of a day, and never all journals.
        CROSS JOIN LATERAL (
            SELECT i.id, i.kind, i.subject_id FROM payments_journal i
            WHERE i.business_day = a.day OFFSET 0
        ) j
        JOIN payments_movement m ON m.id = j.subject_id
            AND m.rail_id = coalesce(a.rail_id, m.rail_id)
            AND m.leg = CASE j.kind
                WHEN 'collection' THEN 'credit' WHEN 'remitted' THEN 'remittance' ELSE j.kind
            END
        WHERE j.kind IN (
            'collection', 'reversal', 'charge', 'payout', 'sweep', 'transfer', 'withdrawal',
            'remitted'
        )
    ),
    stated AS (SELECT s.rail_id FROM payments_rails_stated(of_day) s),
    telling AS (SELECT DISTINCT m.rail_id FROM moved m WHERE m.is_told),
    ringing AS (
        SELECT a.id, a.kind, a.subject, r.id AS rail_id, a.facts
        FROM payments_alarm a LEFT JOIN payments_rail r ON r.code = a.rail_code
        WHERE (a.cleared_at IS NULL
               OR a.cleared_by_id IS NOT NULL AND payments_is_late(a.kind, a.subject))
          -- These are looked for themselves.
          AND (a.kind NOT IN ('not_on_statement', 'evidence_disagrees', 'debit_unexplained',
                  'statement_gap', 'statement_unbalanced')
               OR a.kind = 'evidence_disagrees' AND a.subject LIKE 'remittance:%')
          AND (a.raised_at < day_ends
               OR a.subject IN (SELECT 'movement:' || m.id FROM moved m WHERE NOT m.is_late))
    )
    SELECT 'not_on_statement', 'movement:' || m.id, m.rail_id, m.currency, m.amount_minor
    FROM moved m
    -- Told by a message, or by an advice, which anybody can write and no balance proves.
    WHERE NOT m.is_stated AND NOT m.is_of_float
      AND (m.is_late OR m.rail_id IN (SELECT s.rail_id FROM stated s))
    UNION
    SELECT 'not_on_statement', a.subject, m.rail_id, m.currency, m.amount_minor
    FROM payments_alarm a
    JOIN payments_movement m ON m.id = substring(a.subject FROM '^movement:([0-9]+)$')::bigint
    WHERE a.kind = 'not_on_statement' AND a.cleared_at IS NULL AND a.raised_at < day_ends
      AND NOT EXISTS (
          SELECT FROM payments_statement_line l WHERE l.movement_id = m.id AND NOT l.is_advice
      )
    UNION ALL
    SELECT 'never_told', 'movement:' || m.id, m.rail_id, m.currency, m.amount_minor
    FROM moved m JOIN telling t ON t.rail_id = m.rail_id
    WHERE m.leg = 'credit' AND m.is_stated AND NOT m.is_told AND NOT m.is_late
    UNION ALL
    SELECT CASE WHEN (d.told_currency, d.told_amount_minor) = (m.currency, m.amount_minor)
            THEN 'references_differ' ELSE 'amounts_differ' END,
        'difference:' || d.id, m.rail_id, m.currency, d.told_amount_minor - m.amount_minor
    FROM payments_difference d JOIN payments_movement m ON m.id = d.movement_id
    WHERE d.noted_at > closed_before OR d.movement_id IN (
        SELECT n.id FROM moved n WHERE NOT n.is_late
    )
    UNION ALL
    SELECT CASE r.kind
            WHEN 'charge_not_tariff' THEN 'charge_not_tariff'
            WHEN 'balance_differs' THEN 'balance_off'
            WHEN 'sweep_not_arrived' THEN 'not_arrived'
            WHEN 'remittance_not_confirmed' THEN 'not_arrived'
            WHEN 'move_not_left' THEN 'not_arrived'
            ELSE 'alarm_unanswered' END,
        'alarm:' || r.id, r.rail_id, coalesce(r.facts ->> 'currency', ''),
        coalesce(CASE r.kind
            WHEN 'charge_not_tariff' THEN (r.facts ->> 'kept_minor')::bigint
            WHEN 'balance_differs' THEN (r.facts ->> 'off_minor')::bigint
            WHEN 'sweep_not_arrived' THEN (r.facts ->> 'amount_minor')::bigint
            WHEN 'remittance_not_confirmed' THEN (r.facts ->> 'amount_minor')::bigint
            WHEN 'move_not_left' THEN (r.facts ->> 'amount_minor')::bigint
        END, 0)
    FROM ringing r
    UNION ALL
    SELECT 'statement_gap', 'statement:' || s.id, s.rail_id, s.currency,
        coalesce(s.difference_minor, 0)
    FROM payments_statement s
    WHERE s.state = 'KEPT' AND s.held_back <> ''
      AND (s.imported_at < day_ends OR coalesce(s.from_day, s.to_day) <= of_day)
      AND payments_is_held_back(s.id)
    UNION ALL
    SELECT 'debit_unexplained', 'movement:' || m.id, m.rail_id, m.currency, m.amount_minor
    FROM payments_movement m
    JOIN payments_journal j ON j.kind = 'withdrawal' AND j.subject_id = m.id
    WHERE m.leg = 'withdrawal' AND j.business_day <= of_day
      AND NOT EXISTS (
          SELECT FROM payments_explanation x WHERE x.movement_id = m.id AND x.approved
      )
    UNION ALL
    SELECT 'line_waiting', 'line:' || l.id, l.rail_id, l.currency, l.amount_minor
    FROM payments_statement_line l
    WHERE l.fate = 'WAITING' AND l.booked_day <= of_day
    UNION ALL
    SELECT 'statement_missing', 'statement:' || r.code || ':' || of_day, r.id, '', 0
    FROM payments_rail r
    WHERE r.id IN (SELECT m.rail_id FROM moved m WHERE NOT m.is_late)
      AND r.id NOT IN (SELECT s.rail_id FROM stated s)
    UNION ALL
    SELECT 'inbox_not_empty', 'inbox:' || of_day, NULL, '', 0
    WHERE EXISTS (SELECT FROM payments_inbox i WHERE i.received_at < day_ends);
END $$;

-- Whether the cause of a listed difference is gone, so that it is settled without anybody's word.
CREATE FUNCTION payments_difference_is_gone(of_kind text, about text) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    about_id bigint := substring(about FROM ':([0-9]+)$')::bigint;
    about_day date := substring(about FROM ':([0-9]{4}-[0-9]{2}-[0-9]{2})$')::date;
BEGIN
    RETURN CASE of_kind
        WHEN 'not_on_statement' THEN EXISTS (
            SELECT FROM payments_statement_line l WHERE l.movement_id = about_id AND NOT l.is_advice
        )
        WHEN 'never_told' THEN EXISTS (
            SELECT FROM payments_evidence e WHERE e.movement_id = about_id AND e.source = 'message'
        )
        WHEN 'debit_unexplained' THEN EXISTS (
            SELECT FROM payments_explanation x WHERE x.movement_id = about_id AND x.approved
        )
        WHEN 'line_waiting' THEN EXISTS (
            SELECT FROM payments_statement_line l WHERE l.id = about_id AND l.fate <> 'WAITING'
        )
        WHEN 'statement_missing' THEN EXISTS (
            SELECT FROM payments_rails_stated(about_day) s JOIN payments_rail r ON r.id = s.rail_id
            WHERE about = 'statement:' || r.code || ':' || about_day
        )
        -- A day ends no later than in UTC where this house is meant for.
        WHEN 'inbox_not_empty' THEN NOT EXISTS (
            SELECT FROM payments_inbox i
            WHERE i.received_at < (about_day + 1)::timestamp AT TIME ZONE 'UTC'
        )
        WHEN 'statement_gap' THEN NOT payments_is_held_back(about_id)
        WHEN 'amounts_differ' THEN false
        WHEN 'references_differ' THEN false
        ELSE EXISTS (
            SELECT FROM payments_alarm a
            WHERE a.id = about_id AND a.cleared_at IS NOT NULL
              AND (a.cleared_by_id IS NULL OR NOT payments_is_late(a.kind, a.subject))
        )
    END;
END $$;

CREATE FUNCTION payments_check_difference_settled() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT payments_difference_is_gone(NEW.kind, NEW.subject) THEN
        RAISE EXCEPTION 'difference %: its cause still stands', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'close_difference_settled_by_its_cause';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER close_difference_settled_by_its_cause
    BEFORE UPDATE OF settled_at ON payments_close_difference
    FOR EACH ROW WHEN (NEW.settled_at IS NOT NULL AND NEW.settled_by_id IS NULL)
    EXECUTE FUNCTION payments_check_difference_settled();
