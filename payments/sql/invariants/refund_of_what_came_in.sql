-- Out: collections of which more goes back than came, by refunds and by the provider; refunds of
-- what was no collection, or was in another currency. Locks: none.
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
) back ON back.movement_id = m.id
GROUP BY m.id, m.leg, m.currency, m.amount_minor
HAVING sum(back.amount_minor) > m.amount_minor OR m.leg <> 'credit'
    OR bool_or(back.currency <> m.currency)
