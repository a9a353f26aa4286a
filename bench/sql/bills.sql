-- Makes bills %(first)s to %(last)s, one line each, on the first of twenty beneficiaries and so on.
-- Run by the superuser with session_replication_role = replica: what follows keeps every rule.
WITH made AS MATERIALIZED (
    SELECT n, body * 100 + 98 - body * 100 %% 97 AS reference, 500 + n * 37 %% 90 * 100 AS amount_minor
    FROM (
        SELECT n, 1000000000 + n * 6700417 %% 9000000000 AS body
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
    ) numbered
),
bill AS (
    INSERT INTO payments_bill (
        id, reference, currency, total_minor, description, issued_at, expires_at
    )
    SELECT n, reference::text, 'RWF', amount_minor,
        '{"en": "Birth certificate", "fr": "Extrait d''acte de naissance"}',
        now() - interval '1 day', now() + interval '30 days'
    FROM made ORDER BY n
)
INSERT INTO payments_bill_line (
    id, bill_id, line_no, charge_key, beneficiary_id, payable_id, currency, revenue_code,
    legal_source, legal_checked, names, amount_minor
)
SELECT made.n, made.n, 1, 'bench:' || made.n, payable.beneficiary_id, payable.id, 'RWF', 'R1',
    'Order 1/2020', true, '{"en": "Birth certificate"}', made.amount_minor
FROM made
JOIN payments_ledger_account payable ON payable.code = 'payable:bench-' || made.n %% 20 || ':RWF'
ORDER BY made.n
