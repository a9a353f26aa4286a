-- Gives money of a refund that failed back to its collection, into suspense.
--
-- In:    refund_id (held, with its collection), business_day (open, held), occurred_at, `at`.
-- Out:   the journal's id, if it was not posted before.
-- Locks: none of its own.
WITH given AS MATERIALIZED (
    SELECT refund.id AS refund_id, refund.movement_id, refund.bill_id, refund.currency,
        refund.amount_minor, movement.rail_id, nextval('payments_journal_id_seq') AS journal_id
    FROM payments_refund refund
    JOIN payments_movement movement ON movement.id = refund.movement_id
    WHERE refund.id = %(refund_id)s::bigint
),
new_journal AS MATERIALIZED (
    INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at, posted_at)
    SELECT given.journal_id, 'refund_returned', given.refund_id, %(business_day)s::date,
           %(occurred_at)s::timestamptz, %(at)s::timestamptz
    FROM given
    ON CONFLICT (kind, subject_id) DO NOTHING
    RETURNING id AS journal_id
),
posted AS (
    INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)
    SELECT given.journal_id, line.line_no, account.id, given.currency,
           line.sign * given.amount_minor
    FROM new_journal
    JOIN given USING (journal_id)
    CROSS JOIN (VALUES (1, 'refunds_in_transit', 1), (2, 'suspense', -1)) line (line_no, role, sign)
    JOIN payments_ledger_account account
        ON account.rail_id = given.rail_id AND account.role = line.role
        AND account.currency = given.currency
    ORDER BY 1, 2
),
suspended AS (
    INSERT INTO payments_suspense_item (
        movement_id, journal_id, bill_id, reason, currency, amount_minor, opened_at
    )
    SELECT given.movement_id, given.journal_id, given.bill_id, 'REFUND_FAILED', given.currency,
           given.amount_minor, %(at)s::timestamptz
    FROM new_journal
    JOIN given USING (journal_id)
),
told_on AS (
    INSERT INTO kernel_event (name, payload, occurred_at)
    SELECT 'payments.collection.suspended',
        jsonb_build_object('subject_id', given.movement_id, 'occurred_at', %(at)s::timestamptz),
        %(at)s::timestamptz
    FROM new_journal
    JOIN given USING (journal_id)
)
SELECT new_journal.journal_id FROM new_journal
