-- Posts a match: out of suspense, to what the lines of its bill still ask, from the first on.
--
-- In:    match_id (held, with its bill and its collection; it fits: `posting/matching.py`),
--        business_day (open, held), `at`.
-- Out:   whether the bill is paid now; no row if it was posted before.
-- Locks: none of its own.
WITH given AS MATERIALIZED (
    SELECT match.id AS match_id, match.movement_id, match.bill_id, match.amount_minor,
        movement.rail_id, movement.currency, nextval('payments_journal_id_seq') AS journal_id
    FROM payments_match match
    JOIN payments_movement movement ON movement.id = match.movement_id
    WHERE match.id = %(match_id)s::bigint
),
new_journal AS MATERIALIZED (
    INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at, posted_at)
    SELECT given.journal_id, 'match', given.match_id, %(business_day)s::date,
           %(at)s::timestamptz, %(at)s::timestamptz
    FROM given
    ON CONFLICT (kind, subject_id) DO NOTHING
    RETURNING id AS journal_id
),
line_stretch AS (
    SELECT due.*,
        sum(due.due_minor) OVER so_far - due.due_minor AS starts,
        sum(due.due_minor) OVER so_far AS ends
    FROM (
        SELECT given.journal_id, given.movement_id, given.amount_minor AS given_minor,
            line.id AS line_id, line.line_no, line.payable_id, line.currency,
            line.amount_minor - coalesce((
                SELECT sum(a.amount_minor) FROM payments_allocation a WHERE a.line_id = line.id
            ), 0) AS due_minor
        FROM new_journal
        JOIN given USING (journal_id)
        JOIN payments_bill_line line ON line.bill_id = given.bill_id
    ) due
    WHERE due.due_minor > 0
    WINDOW so_far AS (ORDER BY due.line_no)
),
share AS MATERIALIZED (
    SELECT line_stretch.journal_id, line_stretch.movement_id, line_stretch.line_id,
        line_stretch.payable_id, line_stretch.currency,
        (least(line_stretch.ends, line_stretch.given_minor) - line_stretch.starts)::bigint
            AS amount_minor,
        row_number() OVER (ORDER BY line_stretch.line_no) AS place
    FROM line_stretch
    WHERE line_stretch.starts < line_stretch.given_minor
),
posted AS (
    INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)
    SELECT given.journal_id, 1, suspense.id, given.currency, given.amount_minor
    FROM new_journal
    JOIN given USING (journal_id)
    JOIN payments_ledger_account suspense
        ON suspense.rail_id = given.rail_id AND suspense.role = 'suspense'
        AND suspense.currency = given.currency
    UNION ALL
    SELECT share.journal_id, 1 + share.place, share.payable_id, share.currency,
           -share.amount_minor
    FROM share
    ORDER BY 1, 2
),
allocated AS (
    INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)
    SELECT share.movement_id, share.line_id, share.journal_id, share.amount_minor
    FROM share
    ORDER BY share.line_id
),
released AS (
    INSERT INTO payments_suspense_item (
        movement_id, journal_id, bill_id, reason, currency, amount_minor, opened_at
    )
    SELECT given.movement_id, given.journal_id, given.bill_id, 'MATCHED', given.currency,
           -given.amount_minor, %(at)s::timestamptz
    FROM new_journal
    JOIN given USING (journal_id)
),
changed AS MATERIALIZED (
    UPDATE payments_bill bill
    SET paid_minor = bill.paid_minor + given.amount_minor,
        state = CASE
            WHEN bill.paid_minor + given.amount_minor = bill.total_minor THEN 'PAID'
            WHEN bill.state = 'OWED' THEN 'OWED'
            ELSE 'PART_PAID'
        END,
        paid_at = CASE
            WHEN bill.paid_minor + given.amount_minor = bill.total_minor
            THEN %(at)s::timestamptz
        END
    FROM new_journal
    JOIN given USING (journal_id)
    WHERE bill.id = given.bill_id
    RETURNING bill.id, bill.state
),
told_on AS (
    INSERT INTO kernel_event (name, payload, occurred_at)
    SELECT CASE changed.state
            WHEN 'PAID' THEN 'payments.bill.paid' ELSE 'payments.bill.part_paid'
        END,
        jsonb_build_object('subject_id', changed.id, 'occurred_at', %(at)s::timestamptz),
        %(at)s::timestamptz
    FROM changed
)
SELECT changed.state = 'PAID' FROM changed
