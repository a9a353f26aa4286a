-- Out: what two people say is the arrival of a sweep, and is not: another amount or currency, the
-- same rail, no sweep at all, or one that arrived as a transfer too, or twice. Locks: none.
SELECT l.id, l.movement_id, l.sweep_id
FROM payments_release l
JOIN payments_movement m ON m.id = l.movement_id
LEFT JOIN payments_movement s ON s.id = l.sweep_id
WHERE l.kind = 'arrived' AND l.approved AND (
    s.id IS NULL
    OR s.leg <> 'sweep' AND NOT EXISTS (
        SELECT FROM payments_explanation e
        WHERE e.movement_id = s.id AND e.answer = 'sweep' AND e.approved
    )
    OR s.rail_id = m.rail_id
    OR (l.currency, l.amount_minor) <> (s.currency, s.amount_minor)
    OR (l.currency, l.amount_minor) <> (m.currency, m.amount_minor)
    OR EXISTS (
        SELECT FROM payments_movement t
        WHERE t.leg = 'transfer' AND t.external_id = s.external_id AND t.rail_id <> s.rail_id
    )
    OR EXISTS (
        SELECT FROM payments_release other
        WHERE other.sweep_id = l.sweep_id AND other.id <> l.id AND other.approved
    )
)
