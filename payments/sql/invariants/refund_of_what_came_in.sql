-- Out: collections of which more goes than came, by refunds, by the provider and by releases; refunds
-- and releases of what was no collection, or was in another currency. Locks: none.
SELECT m.id, m.amount_minor, sum(back.amount_minor) AS back_minor
FROM payments_movement m
JOIN (
    SELECT f.movement_id, f.currency, CASE
            WHEN f.state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE')
            THEN f.amount_minor ELSE 0
        END AS amount_minor
    FROM payments_refund f
    UNION ALL
    SELECT r.original_id, r.currency, r.amount_minor
    FROM payments_movement r WHERE r.leg = 'reversal'
    UNION ALL
    SELECT e.original_id, w.currency, w.amount_minor
    FROM payments_explanation e JOIN payments_movement w ON w.id = e.movement_id
    WHERE e.approved AND e.answer = 'reversal'
    UNION ALL
    SELECT l.movement_id, l.currency, CASE WHEN l.approved THEN l.amount_minor ELSE 0 END
    FROM payments_release l
) back ON back.movement_id = m.id
GROUP BY m.id, m.leg, m.currency, m.amount_minor
HAVING sum(back.amount_minor) > m.amount_minor OR m.leg <> 'credit'
    OR bool_or(back.currency <> m.currency)
