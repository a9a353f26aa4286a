-- In:    one array per column: movement_id, told_currency, told_amount_minor, source, source_id,
--        source_at; and `at`: debits that take something else of a collection than it can give.
-- Out:   the ids of the differences that are new.
-- Locks: none.
INSERT INTO payments_difference (
    movement_id, told_currency, told_amount_minor, source, source_id, source_at, noted_at
)
SELECT DISTINCT ON (t.movement_id, t.told_currency, t.told_amount_minor)
    t.movement_id, t.told_currency, t.told_amount_minor, t.source, t.source_id, t.source_at,
    %(at)s::timestamptz
FROM unnest(
    %(movement_id)s::bigint[], %(told_currency)s::text[], %(told_amount_minor)s::bigint[],
    %(source)s::text[], %(source_id)s::bigint[], %(source_at)s::timestamptz[]
) t (movement_id, told_currency, told_amount_minor, source, source_id, source_at)
ORDER BY t.movement_id, t.told_currency, t.told_amount_minor, t.source_id
ON CONFLICT DO NOTHING
RETURNING id
