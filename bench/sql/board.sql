-- Makes collections %(first)s to %(last)s of %(of)s, spread over %(days)s days until now, each with
-- its journal, its lines and where its money stands: every %(open_every)s-th in suspense and open,
-- the others on a bill's line. Ids begin after %(movement)s and %(journal)s.
-- Run by the superuser with session_replication_role = replica: what follows keeps the books' sums.
WITH ids AS MATERIALIZED (
    SELECT rail.id AS rail_id, clearing.id AS clearing_id, suspense.id AS suspense_id
    FROM payments_rail rail
    JOIN payments_ledger_account clearing
        ON clearing.rail_id = rail.id AND clearing.role = 'clearing'
    JOIN payments_ledger_account suspense
        ON suspense.rail_id = rail.id AND suspense.role = 'suspense'
    WHERE rail.code = 'bank-rw'
),
made AS MATERIALIZED (
    SELECT %(movement)s + n AS id, %(journal)s + n AS journal_id, line.id AS line_id,
        line.payable_id, line.amount_minor, n %% %(open_every)s = 0 AS is_open,
        now() - %(days)s * interval '1 day' * (1 - n::float8 / %(of)s) AS at
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
    JOIN payments_bill_line line ON line.id = 1 + n %% %(bills)s
),
movement AS (
    INSERT INTO payments_movement (
        id, rail_id, external_id, currency, amount_minor, occurred_at, first_heard_at
    )
    SELECT made.id, ids.rail_id, 'DESK' || made.id, 'RWF', made.amount_minor, made.at, made.at
    FROM made, ids ORDER BY made.id
),
journal AS (
    INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at, posted_at)
    SELECT made.journal_id, 'collection', made.id, made.at::date, made.at, made.at
    FROM made ORDER BY made.journal_id
),
posting AS (
    INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)
    SELECT made.journal_id, line.no, line.account_id, 'RWF', line.amount_minor
    FROM made, ids, LATERAL (
        VALUES (1, ids.clearing_id, made.amount_minor),
            (2, CASE WHEN made.is_open THEN ids.suspense_id ELSE made.payable_id END,
             -made.amount_minor)
    ) line (no, account_id, amount_minor)
    ORDER BY made.journal_id, line.no
),
allocation AS (
    INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)
    SELECT made.id, made.line_id, made.journal_id, made.amount_minor
    FROM made WHERE NOT made.is_open ORDER BY made.id
),
suspense AS (
    INSERT INTO payments_suspense_item (
        movement_id, journal_id, reason, currency, amount_minor, opened_at
    )
    SELECT made.id, made.journal_id, 'UNKNOWN_REFERENCE', 'RWF', made.amount_minor, made.at
    FROM made WHERE made.is_open ORDER BY made.id
)
INSERT INTO payments_open_item (movement_id, rail_id, currency, amount_minor, reason, opened_at)
SELECT made.id, ids.rail_id, 'RWF', made.amount_minor, 'UNKNOWN_REFERENCE', made.at
FROM made, ids WHERE made.is_open ORDER BY made.id
