-- One clearing account, twenty payables, and the same bills as the product has; in the database `peer`.
INSERT INTO hordak_account (
    id, uuid, name, type, is_bank_account, currencies, lft, rght, tree_id, level, code, full_code
)
SELECT n, gen_random_uuid(), 'account ' || n, CASE n WHEN 1 THEN 'AS' ELSE 'LI' END, false,
    '["RWF"]', 1, 2, n, 0, n::text, n::text
FROM generate_series(1, 21) n;

INSERT INTO peer_bill (reference, amount, account_id)
SELECT (body * 100 + 98 - body * 100 %% 97)::text, 500 + n * 37 %% 90 * 100, 2 + n %% 20
FROM (
    SELECT n, 1000000000 + n * 6700417 %% 9000000000 AS body
    FROM generate_series(1::bigint, %(bills)s::bigint) n
) numbered;
