-- Out: rails and currencies where what movements, judgements and ledger say differs. Locks: none.
WITH moved AS (
    SELECT m.rail_id, m.currency,
        sum(CASE m.leg WHEN 'credit' THEN m.amount_minor WHEN 'reversal' THEN -m.amount_minor ELSE 0 END)
            AS received_minor
    FROM payments_movement m
    GROUP BY m.rail_id, m.currency
),
judged AS (
    SELECT m.rail_id, m.currency,
        sum(a.allocated_minor) AS allocated_minor, sum(s.suspense_minor) AS suspense_minor
    FROM payments_movement m
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(a.amount_minor), 0) AS allocated_minor
        FROM payments_allocation a WHERE a.movement_id = m.id
    ) a
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(s.amount_minor), 0) AS suspense_minor
        FROM payments_suspense_item s WHERE s.movement_id = m.id
    ) s
    GROUP BY m.rail_id, m.currency
),
booked AS (
    SELECT account.rail_id, account.currency,
        coalesce(sum(p.amount_minor) FILTER (WHERE account.role = 'clearing'), 0) AS clearing_minor,
        coalesce(-sum(p.amount_minor) FILTER (WHERE account.role = 'suspense'), 0) AS suspense_minor
    FROM payments_ledger_account account
    JOIN payments_posting p ON p.account_id = account.id
    WHERE account.rail_id IS NOT NULL
    GROUP BY account.rail_id, account.currency
)
SELECT rail_id, currency, moved.received_minor, judged.allocated_minor, judged.suspense_minor,
    booked.clearing_minor, booked.suspense_minor AS suspense_booked_minor
FROM moved
FULL JOIN judged USING (rail_id, currency)
FULL JOIN booked USING (rail_id, currency)
WHERE coalesce(moved.received_minor, 0)
        <> coalesce(judged.allocated_minor, 0) + coalesce(judged.suspense_minor, 0)
    OR coalesce(moved.received_minor, 0) <> coalesce(booked.clearing_minor, 0)
    OR coalesce(judged.suspense_minor, 0) <> coalesce(booked.suspense_minor, 0)
