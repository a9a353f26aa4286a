-- Posts collections, one or a hundred thousand: movements, journals, allocations, suspense, the
-- bills' states, and the news of it. What is known already is passed over (keep_evidence.sql).
--
-- In:    one array per column, one element per collection: position (order of arrival), rail_id,
--        external_id, reference (as told), currency, amount_minor, occurred_at, business_day (open,
--        held), attempt_id, bill_id (named) and heir_id (bill that stands in for it); and `at`.
-- Out:   one row of counts: new movements, bills paid, bills part-paid, collections suspended.
-- Locks: days and bills are held before (hold_days.sql, hold_bills.sql), so that this statement's
--        snapshot is younger than their last change. New movements go in by rail and external id.
--
-- Rules (DESIGN, section 7): a live bill takes up to its due, and the rest stands in suspense; one
-- that is owed stays so until it is whole. A replaced bill hands the money to its successor if the
-- amount is exactly the successor's due. An expired bill is revived by its whole due, if its fee is
-- still in force and none of its charges has been billed again. Everything else stands in suspense
-- with its reason.
--
-- Ids are drawn before the rows are written, so that the parts of this statement need not be
-- joined by what they return: PostgreSQL cannot guess how many rows that is, and loops.
WITH told AS MATERIALIZED (
    SELECT first.*,
        nextval('payments_movement_id_seq') AS movement_id,
        nextval('payments_journal_id_seq') AS journal_id
    FROM (
        SELECT DISTINCT ON (t.rail_id, t.external_id) t.*
        FROM unnest(
            %(position)s::int[], %(rail_id)s::bigint[], %(external_id)s::text[],
            %(reference)s::text[], %(currency)s::text[], %(amount_minor)s::bigint[],
            %(occurred_at)s::timestamptz[], %(business_day)s::date[], %(attempt_id)s::bigint[],
            %(bill_id)s::bigint[], %(heir_id)s::bigint[]
        ) t (
            position, rail_id, external_id, reference, currency, amount_minor, occurred_at,
            business_day, attempt_id, bill_id, heir_id
        )
        ORDER BY t.rail_id, t.external_id, t.position
    ) first
),
new_movement AS MATERIALIZED (
    INSERT INTO payments_movement (
        id, rail_id, external_id, leg, currency, amount_minor, reference, attempt_id,
        occurred_at, first_heard_at
    )
    SELECT told.movement_id, told.rail_id, told.external_id, 'credit', told.currency,
           told.amount_minor, told.reference, told.attempt_id, told.occurred_at,
           %(at)s::timestamptz
    FROM told
    ORDER BY told.rail_id, told.external_id
    ON CONFLICT (rail_id, external_id, leg) DO NOTHING
    RETURNING id AS movement_id
),
judged AS MATERIALIZED (
    SELECT
        told.movement_id, told.journal_id, told.rail_id, told.currency, told.amount_minor,
        told.occurred_at, told.business_day, told.position, told.bill_id, told.heir_id,
        bill.state AS bill_state, bill.currency AS bill_currency,
        bill.total_minor - bill.paid_minor AS due_minor,
        CASE
            WHEN bill.id IS NULL OR bill.currency <> told.currency THEN 0
            WHEN told.heir_id <> told.bill_id
                AND told.amount_minor <> bill.total_minor - bill.paid_minor THEN 0
            WHEN bill.state IN ('OPEN', 'PART_PAID', 'OWED') THEN told.amount_minor
            WHEN bill.state = 'EXPIRED' AND bill.revivable
                AND told.amount_minor >= bill.total_minor - bill.paid_minor
                AND NOT EXISTS (
                    SELECT FROM payments_bill_line mine
                    JOIN payments_bill_line other ON other.charge_key = mine.charge_key
                    WHERE mine.bill_id = bill.id AND other.live
                ) THEN told.amount_minor
            ELSE 0
        END AS acceptable_minor
    FROM new_movement
    JOIN told USING (movement_id)
    LEFT JOIN payments_bill bill ON bill.id = told.heir_id
),
-- First come, first served: a collection finds what those before it have left of the bill.
taken AS MATERIALIZED (
    SELECT judged.*,
        greatest(0, least(
            judged.acceptable_minor,
            judged.due_minor - coalesce(sum(judged.acceptable_minor) OVER earlier, 0)
        ))::bigint AS take_minor
    FROM judged
    WINDOW earlier AS (
        PARTITION BY judged.heir_id ORDER BY judged.position
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
-- Lay what a bill takes beside what its lines still ask, each as a stretch of the same ruler:
-- where two stretches overlap, that movement pays that line.
take_stretch AS (
    SELECT taken.movement_id, taken.journal_id, taken.heir_id AS bill_id,
        sum(taken.take_minor) OVER so_far - taken.take_minor AS starts,
        sum(taken.take_minor) OVER so_far AS ends
    FROM taken
    WHERE taken.take_minor > 0
    WINDOW so_far AS (PARTITION BY taken.heir_id ORDER BY taken.position)
),
line_due AS (
    SELECT line.id AS line_id, line.bill_id, line.line_no, line.payable_id, line.currency,
        line.amount_minor - coalesce((
            SELECT sum(a.amount_minor) FROM payments_allocation a WHERE a.line_id = line.id
        ), 0) AS due_minor
    FROM (SELECT DISTINCT take_stretch.bill_id FROM take_stretch) paying
    JOIN payments_bill_line line ON line.bill_id = paying.bill_id
),
line_stretch AS (
    SELECT line_due.*,
        sum(line_due.due_minor) OVER so_far - line_due.due_minor AS starts,
        sum(line_due.due_minor) OVER so_far AS ends
    FROM line_due
    WHERE line_due.due_minor > 0
    WINDOW so_far AS (PARTITION BY line_due.bill_id ORDER BY line_due.line_no)
),
share AS MATERIALIZED (
    SELECT take_stretch.movement_id, take_stretch.journal_id, line_stretch.line_id, line_stretch.payable_id,
        line_stretch.currency,
        (least(take_stretch.ends, line_stretch.ends)
            - greatest(take_stretch.starts, line_stretch.starts))::bigint AS amount_minor,
        row_number() OVER (
            PARTITION BY take_stretch.movement_id ORDER BY line_stretch.line_no
        ) AS place
    FROM take_stretch
    JOIN line_stretch USING (bill_id)
    WHERE least(take_stretch.ends, line_stretch.ends)
        > greatest(take_stretch.starts, line_stretch.starts)
),
new_journal AS (
    INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at, posted_at)
    SELECT taken.journal_id, 'collection', taken.movement_id, taken.business_day,
           taken.occurred_at, %(at)s::timestamptz
    FROM taken
    ORDER BY taken.journal_id
),
posted AS (
    INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)
    SELECT taken.journal_id, 1, clearing.id, taken.currency, taken.amount_minor
    FROM taken
    JOIN payments_ledger_account clearing
        ON clearing.rail_id = taken.rail_id AND clearing.role = 'clearing'
        AND clearing.currency = taken.currency
    UNION ALL
    SELECT taken.journal_id, 2, suspense.id, taken.currency,
           taken.take_minor - taken.amount_minor
    FROM taken
    JOIN payments_ledger_account suspense
        ON suspense.rail_id = taken.rail_id AND suspense.role = 'suspense'
        AND suspense.currency = taken.currency
    WHERE taken.take_minor < taken.amount_minor
    UNION ALL
    SELECT share.journal_id, 2 + share.place, share.payable_id, share.currency,
           -share.amount_minor
    FROM share
    ORDER BY 1, 2
),
allocated AS (
    INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)
    SELECT share.movement_id, share.line_id, share.journal_id, share.amount_minor
    FROM share
    ORDER BY share.line_id, share.movement_id
),
suspended AS MATERIALIZED (
    INSERT INTO payments_suspense_item (
        movement_id, journal_id, bill_id, reason, currency, amount_minor, opened_at
    )
    SELECT taken.movement_id, taken.journal_id, taken.bill_id,
        CASE
            WHEN taken.heir_id IS NULL THEN 'UNKNOWN_REFERENCE'
            WHEN taken.bill_currency <> taken.currency THEN 'WRONG_CURRENCY'
            WHEN taken.take_minor > 0 THEN 'OVERPAID'
            WHEN taken.acceptable_minor > 0 OR taken.bill_state = 'PAID' THEN 'ALREADY_PAID'
            WHEN taken.bill_state = 'CANCELLED' THEN 'BILL_CANCELLED'
            WHEN taken.bill_state = 'EXPIRED' THEN 'BILL_EXPIRED'
            ELSE 'BILL_REPLACED'
        END,
        taken.currency, taken.amount_minor - taken.take_minor, %(at)s::timestamptz
    FROM taken
    WHERE taken.take_minor < taken.amount_minor
    ORDER BY taken.movement_id
    RETURNING movement_id
),
changed AS MATERIALIZED (
    UPDATE payments_bill bill
    SET paid_minor = bill.paid_minor + received.take_minor,
        state = CASE
            WHEN bill.paid_minor + received.take_minor = bill.total_minor THEN 'PAID'
            WHEN bill.state = 'OWED' THEN 'OWED'
            ELSE 'PART_PAID'
        END,
        paid_at = CASE
            WHEN bill.paid_minor + received.take_minor = bill.total_minor THEN %(at)s::timestamptz
        END
    FROM (
        SELECT taken.heir_id, sum(taken.take_minor)::bigint AS take_minor,
            bool_or(taken.bill_state = 'EXPIRED') AS is_revived
        FROM taken WHERE taken.take_minor > 0 GROUP BY taken.heir_id
    ) received
    WHERE bill.id = received.heir_id
    RETURNING bill.id, bill.state, received.is_revived
),
revived AS (
    UPDATE payments_bill_line line SET live = true
    FROM changed
    WHERE line.bill_id = changed.id AND changed.is_revived
),
told_on AS (
    INSERT INTO kernel_event (name, payload, occurred_at)
    SELECT news.name,
        jsonb_build_object('subject_id', news.subject_id, 'occurred_at', %(at)s::timestamptz),
        %(at)s::timestamptz
    FROM (
        SELECT CASE changed.state
                WHEN 'PAID' THEN 'payments.bill.paid' ELSE 'payments.bill.part_paid'
            END AS name, changed.id AS subject_id
        FROM changed
        UNION ALL
        SELECT 'payments.collection.suspended', suspended.movement_id FROM suspended
    ) news
    ORDER BY news.name, news.subject_id
)
SELECT
    (SELECT count(*) FROM new_movement),
    (SELECT count(*) FROM changed WHERE changed.state = 'PAID'),
    (SELECT count(*) FROM changed WHERE changed.state <> 'PAID'),
    (SELECT count(*) FROM suspended)
