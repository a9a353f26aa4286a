-- Which refunds of ours do debits name, by whatever id?
--
-- In:    one array per column, one element per debit: position, rail_id, external_id, currency,
--        amount_minor, key (NULL if it names none).
-- Out:   per position, of those that name one: the refund's key, and by which id the debit is known.
-- Locks: none; hold_refunds.sql holds them by their keys, and nobody changes what is read here but
--        to give a refund its first handle.
--
-- By our key; by the provider's own id of the refund, which it gave us when it took the order or
-- with the payout; or, where it knows only one id, by that of the collection that goes back. Then
-- the handle, by which its statement tells the same payout, is the better name.
WITH told AS MATERIALIZED (
    SELECT t.*
    FROM unnest(
        %(position)s::int[], %(rail_id)s::bigint[], %(external_id)s::text[], %(currency)s::text[],
        %(amount_minor)s::bigint[], %(key)s::uuid[]
    ) t (position, rail_id, external_id, currency, amount_minor, key)
)
SELECT DISTINCT ON (told.position) told.position, named.key,
    CASE
        WHEN named.handle <> '' AND told.external_id = original.external_id THEN named.handle
        ELSE told.external_id
    END
FROM told
CROSS JOIN LATERAL (
    SELECT 1 AS place, r.* FROM payments_refund r WHERE r.key = told.key
    UNION ALL
    SELECT 2, r.* FROM payments_refund r WHERE r.handle = told.external_id AND r.handle <> ''
    UNION ALL
    SELECT 3, r.* FROM payments_refund r
    WHERE r.external_id = told.external_id AND r.external_id <> ''
    UNION ALL
    SELECT 4, r.*
    FROM payments_movement m
    JOIN payments_refund r ON r.movement_id = m.id
    WHERE m.rail_id = told.rail_id AND m.external_id = told.external_id AND m.leg = 'credit'
      AND (r.currency, r.amount_minor) = (told.currency, told.amount_minor)
      AND r.state IN ('SENDING', 'PENDING', 'UNKNOWN', 'DONE')
) named
JOIN payments_movement original
    ON original.id = named.movement_id AND original.rail_id = told.rail_id
ORDER BY told.position, named.place, named.id
