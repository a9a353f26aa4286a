-- Posts a top-up of a rail's refund float: Dr refund float, Cr sweeps in transit.
--
-- In:    top_up_id (held), business_day (open, held), `at`.
-- Out:   the journal's id, if it was not posted before.
-- Locks: none of its own.
WITH given AS MATERIALIZED (
    SELECT t.id AS top_up_id, t.rail_id, t.currency, t.amount_minor,
        nextval('payments_journal_id_seq') AS journal_id
    FROM payments_float_top_up t
    WHERE t.id = %(top_up_id)s::bigint
),
new_journal AS MATERIALIZED (
    INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at, posted_at)
    SELECT given.journal_id, 'float', given.top_up_id, %(business_day)s::date,
           %(at)s::timestamptz, %(at)s::timestamptz
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
    CROSS JOIN (VALUES (1, 'refund_float', 1), (2, 'sweeps_in_transit', -1))
        line (line_no, role, sign)
    JOIN payments_ledger_account account
        ON account.role = line.role AND account.currency = given.currency
        AND (account.rail_id IS NULL OR account.rail_id = given.rail_id)
    ORDER BY 1, 2
)
SELECT new_journal.journal_id FROM new_journal
