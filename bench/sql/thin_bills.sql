INSERT INTO thin.bill (id, reference, amount_minor)
SELECT n, (1000000000 + n * 6700417 %% 9000000000)::text, 500 + n * 37 %% 90 * 100
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
