\set k :k + 1
\set n :first + mod((:base + :k * 16 + :client_id) * 611953, :bills)
\set body 1000000000 + mod(:n * 6700417, 9000000000)
\set reference :body * 100 + 98 - mod(:body * 100, 97)
\set amount 500 + mod(:n * 37, 90) * 100
WITH told AS MATERIALIZED (SELECT convert_to('{"id": "F' || (:n)::bigint || '", "reference": "' || (:reference)::bigint || '", "amount": "' || (:amount)::bigint || '", "currency": "RWF", "paid_at": "2026-11-23T12:00:00+02:00", "channel": "ussd"}', 'UTF8') AS body),
message AS (INSERT INTO payments_inbound_message (received_at, rail_code, kind, remote_ip, headers, body, body_sha256, auth) SELECT now(), 'bank-rw', 'bycontract.notification', '127.0.0.1', '{"content-type": "application/json", "content-length": "143", "x-timestamp": "1795000000", "x-signature": "v1=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}', body, sha256(body), 'valid' FROM told RETURNING id, received_at),
bill AS MATERIALIZED (SELECT id, total_minor, paid_minor FROM payments_bill WHERE reference = ((:reference)::bigint)::text AND state = 'OPEN' FOR NO KEY UPDATE),
movement AS (INSERT INTO payments_movement (rail_id, external_id, leg, currency, amount_minor, reference, occurred_at, first_heard_at) SELECT :rail, 'F' || (:n)::bigint, 'credit', 'RWF', :amount, ((:reference)::bigint)::text, now(), now() FROM bill ON CONFLICT (rail_id, external_id, leg) DO NOTHING RETURNING id, amount_minor),
evidence AS (INSERT INTO payments_evidence (movement_id, source, source_id, source_at) SELECT movement.id, 'message', message.id, message.received_at FROM movement, message),
journal AS (INSERT INTO payments_journal (kind, subject_id, business_day, occurred_at, posted_at) SELECT 'collection', movement.id, current_date, now(), now() FROM movement RETURNING id),
line AS MATERIALIZED (SELECT l.id, l.payable_id, l.currency, l.amount_minor FROM payments_bill_line l JOIN bill ON l.bill_id = bill.id),
posting AS (INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor) SELECT journal.id, 1, :clearing, 'RWF', movement.amount_minor FROM journal, movement UNION ALL SELECT journal.id, 2, line.payable_id, line.currency, -line.amount_minor FROM journal, movement, line),
allocation AS (INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor) SELECT movement.id, line.id, journal.id, line.amount_minor FROM movement, journal, line),
news AS (INSERT INTO kernel_event (name, payload, occurred_at) SELECT 'payments.bill.paid', jsonb_build_object('subject_id', bill.id, 'occurred_at', now()), now() FROM bill, movement)
UPDATE payments_bill SET paid_minor = bill.total_minor, state = 'PAID', paid_at = now() FROM bill, movement WHERE payments_bill.id = bill.id;
