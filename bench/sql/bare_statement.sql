-- The bare SQL of a statement: the lines stand in the temporary table `line` (external_id, reference,
-- amount_minor, occurred_at), and become the product's rows for money, under all of its constraints
-- and triggers. It reads no file, keeps no line, judges nothing but the reference and the whole due.
-- %(rail)s, %(clearing)s: ids of the rail and of its clearing account.
WITH held AS MATERIALIZED (
    SELECT bill.id, bill.reference, bill.total_minor
    FROM payments_bill bill
    WHERE bill.id IN (
        SELECT b.id FROM line JOIN payments_bill b ON b.reference = line.reference
    )
    ORDER BY bill.id
    FOR NO KEY UPDATE
),
new AS MATERIALIZED (
    SELECT line.*, held.id AS bill_id, nextval('payments_movement_id_seq') AS movement_id,
        nextval('payments_journal_id_seq') AS journal_id
    FROM line
    JOIN held ON held.reference = line.reference AND held.total_minor = line.amount_minor
),
movement AS (
    INSERT INTO payments_movement (
        id, rail_id, external_id, leg, currency, amount_minor, reference, occurred_at, first_heard_at
    )
    SELECT movement_id, %(rail)s, external_id, 'credit', 'RWF', amount_minor, reference,
        occurred_at, now()
    FROM new ORDER BY external_id
    ON CONFLICT (rail_id, external_id, leg) DO NOTHING
),
evidence AS (
    INSERT INTO payments_evidence (movement_id, source, source_id, source_at)
    SELECT movement_id, 'statement', movement_id, now() FROM new ORDER BY movement_id
),
journal AS (
    INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at, posted_at)
    SELECT journal_id, 'collection', movement_id, current_date, occurred_at, now()
    FROM new ORDER BY journal_id
),
owed AS MATERIALIZED (
    SELECT new.movement_id, new.journal_id, l.id AS line_id, l.payable_id, l.amount_minor
    FROM new JOIN payments_bill_line l ON l.bill_id = new.bill_id
),
posting AS (
    INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)
    SELECT journal_id, 1, %(clearing)s, 'RWF', amount_minor FROM new
    UNION ALL
    SELECT journal_id, 2, payable_id, 'RWF', -amount_minor FROM owed
    ORDER BY 1, 2
),
allocation AS (
    INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)
    SELECT movement_id, line_id, journal_id, amount_minor FROM owed ORDER BY line_id
),
news AS (
    INSERT INTO kernel_event (name, payload, occurred_at)
    SELECT 'payments.bill.paid',
        jsonb_build_object('subject_id', bill_id, 'occurred_at', now()), now()
    FROM new ORDER BY bill_id
)
UPDATE payments_bill SET paid_minor = total_minor, state = 'PAID', paid_at = now()
FROM new WHERE payments_bill.id = new.bill_id
