-- Pays what nobody has paid of bills %(first)s to %(last)s, each by one collection, over three days.
-- Its rows are numbered far above those that the product has made meanwhile.
-- Run by the superuser with session_replication_role = replica: what follows keeps every rule.
WITH bill AS MATERIALIZED (
    SELECT 1000000000000 + line.id AS id, line.id AS line_id, line.payable_id, line.amount_minor, rail.id AS rail_id, clearing.id AS clearing_id,
        (now() - (line.id %% 3) * interval '1 day') AS at
    FROM payments_bill_line line
    CROSS JOIN payments_rail rail
    JOIN payments_ledger_account clearing
        ON clearing.rail_id = rail.id AND clearing.role = 'clearing'
    WHERE line.id BETWEEN %(first)s AND %(last)s
      AND NOT EXISTS (SELECT FROM payments_allocation a WHERE a.line_id = line.id)
),
movement AS (
    INSERT INTO payments_movement (id, rail_id, external_id, leg, currency, amount_minor,
        reference, occurred_at, first_heard_at)
    SELECT id, rail_id, 'P' || id, 'credit', 'RWF', amount_minor, '', at, at FROM bill ORDER BY id
),
journal AS (
    INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at, posted_at)
    SELECT id, 'collection', id, at::date, at, at FROM bill ORDER BY id
),
posting AS (
    INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)
    SELECT id, 1, clearing_id, 'RWF', amount_minor FROM bill
    UNION ALL
    SELECT id, 2, payable_id, 'RWF', -amount_minor FROM bill
    ORDER BY 1, 2
)
INSERT INTO payments_allocation (id, movement_id, line_id, journal_id, amount_minor)
SELECT id, id, line_id, id, amount_minor FROM bill ORDER BY id
