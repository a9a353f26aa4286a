-- Takes money out of collections: first what stands in suspense, then what their bill lines were
-- paid, from the last line on. Bills that lose money are due again.
--
-- In:    one array per column, one element per collection, each once: movement_id, amount_minor (no
--        more than is left of it), subject_id (of the journal), business_day (open, held),
--        occurred_at; own_role[] (the account of the rail to which it goes); `kind` of the journals,
--        `reason` of what leaves suspense, `news` of each collection (NULL: none), and `at`.
-- Out:   one row of counts: collections, bills that are due again.
-- Locks: days, bills and the collections are held before, so that this snapshot is younger than
--        their last change. A sum that does not fit is refused by the journal's own trigger.
WITH taking AS MATERIALIZED (
    SELECT t.*, m.rail_id, m.currency, held.bill_id,
        least(t.amount_minor, coalesce(held.open_minor, 0))::bigint AS from_suspense_minor,
        nextval('payments_journal_id_seq') AS journal_id
    FROM unnest(
        %(movement_id)s::bigint[], %(amount_minor)s::bigint[], %(subject_id)s::bigint[],
        %(business_day)s::date[], %(occurred_at)s::timestamptz[], %(own_role)s::text[]
    ) t (movement_id, amount_minor, subject_id, business_day, occurred_at, own_role)
    JOIN payments_movement m ON m.id = t.movement_id
    CROSS JOIN LATERAL (
        SELECT sum(s.amount_minor) AS open_minor, max(s.bill_id) AS bill_id
        FROM payments_suspense_item s WHERE s.movement_id = t.movement_id
    ) held
),
-- What each line was paid, laid end to end from the last one, as stretches of one ruler.
line_stretch AS (
    SELECT paid.*, line.bill_id, line.payable_id, line.currency, line.line_no,
        sum(paid.paid_minor) OVER so_far - paid.paid_minor AS starts,
        sum(paid.paid_minor) OVER so_far AS ends
    FROM (
        SELECT taking.movement_id, taking.journal_id, a.line_id,
            taking.amount_minor - taking.from_suspense_minor AS wanted_minor,
            sum(a.amount_minor) AS paid_minor
        FROM taking
        JOIN payments_allocation a ON a.movement_id = taking.movement_id
        WHERE taking.amount_minor > taking.from_suspense_minor
        GROUP BY 1, 2, 3, 4
        HAVING sum(a.amount_minor) > 0
    ) paid
    JOIN payments_bill_line line ON line.id = paid.line_id
    WINDOW so_far AS (
        PARTITION BY paid.movement_id ORDER BY line.bill_id DESC, line.line_no DESC
    )
),
share AS MATERIALIZED (
    SELECT line_stretch.movement_id, line_stretch.journal_id, line_stretch.line_id,
        line_stretch.bill_id, line_stretch.payable_id, line_stretch.currency,
        (least(line_stretch.ends, line_stretch.wanted_minor) - line_stretch.starts)::bigint
            AS amount_minor,
        row_number() OVER (
            PARTITION BY line_stretch.movement_id ORDER BY line_stretch.starts
        ) AS place
    FROM line_stretch
    WHERE line_stretch.starts < line_stretch.wanted_minor
),
new_journal AS (
    INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at, posted_at)
    SELECT taking.journal_id, %(kind)s::text, taking.subject_id, taking.business_day,
           taking.occurred_at, %(at)s::timestamptz
    FROM taking
    ORDER BY taking.journal_id
),
posted AS (
    INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)
    SELECT taking.journal_id, 1, own.id, taking.currency, -taking.amount_minor
    FROM taking
    JOIN payments_ledger_account own
        ON own.rail_id = taking.rail_id AND own.role = taking.own_role
        AND own.currency = taking.currency
    UNION ALL
    SELECT taking.journal_id, 2, suspense.id, taking.currency, taking.from_suspense_minor
    FROM taking
    JOIN payments_ledger_account suspense
        ON suspense.rail_id = taking.rail_id AND suspense.role = 'suspense'
        AND suspense.currency = taking.currency
    WHERE taking.from_suspense_minor > 0
    UNION ALL
    SELECT share.journal_id, 2 + share.place, share.payable_id, share.currency,
           share.amount_minor
    FROM share
    ORDER BY 1, 2
),
unallocated AS (
    INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)
    SELECT share.movement_id, share.line_id, share.journal_id, -share.amount_minor
    FROM share
    ORDER BY share.line_id, share.movement_id
),
released AS (
    INSERT INTO payments_suspense_item (
        movement_id, journal_id, bill_id, reason, currency, amount_minor, opened_at
    )
    SELECT taking.movement_id, taking.journal_id, taking.bill_id, %(reason)s::text,
           taking.currency, -taking.from_suspense_minor, %(at)s::timestamptz
    FROM taking
    WHERE taking.from_suspense_minor > 0
    ORDER BY taking.movement_id
),
changed AS MATERIALIZED (
    UPDATE payments_bill bill
    SET paid_minor = bill.paid_minor - lost.amount_minor,
        state = CASE
            WHEN bill.state NOT IN ('PAID', 'PART_PAID') THEN bill.state
            WHEN bill.paid_minor = lost.amount_minor THEN 'OPEN'
            ELSE 'PART_PAID'
        END,
        paid_at = NULL
    FROM (
        SELECT before.id, before.state, sum(share.amount_minor)::bigint AS amount_minor
        FROM share
        JOIN payments_bill before ON before.id = share.bill_id
        GROUP BY before.id, before.state
    ) lost
    WHERE bill.id = lost.id
    RETURNING bill.id, bill.state <> lost.state AS is_reopened
),
told_on AS (
    INSERT INTO kernel_event (name, payload, occurred_at)
    SELECT news.name,
        jsonb_build_object('subject_id', news.subject_id, 'occurred_at', %(at)s::timestamptz),
        %(at)s::timestamptz
    FROM (
        SELECT 'payments.bill.reopened' AS name, changed.id AS subject_id
        FROM changed WHERE changed.is_reopened
        UNION ALL
        SELECT %(news)s::text, taking.movement_id FROM taking WHERE %(news)s::text IS NOT NULL
    ) news
    ORDER BY news.name, news.subject_id
)
SELECT
    (SELECT count(*) FROM taking),
    (SELECT count(*) FROM changed WHERE changed.is_reopened)
