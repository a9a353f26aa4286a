-- Out: collections with an id that names a sweep's arrival on their rail, of their amount: one credit
-- of the bank, posted as both. Locks: none.
SELECT c.id, t.id AS transfer_id
FROM (
    SELECT m.id, m.rail_id, m.external_id FROM payments_movement m WHERE m.leg = 'transfer'
    UNION ALL
    SELECT a.movement_id, a.rail_id, a.external_id
    FROM payments_movement_alias a WHERE a.leg = 'transfer'
) name
JOIN payments_movement t ON t.id = name.id
JOIN payments_movement c
    ON c.rail_id = name.rail_id AND c.external_id = name.external_id AND c.leg = 'credit'
    AND (c.currency, c.amount_minor) = (t.currency, t.amount_minor)
