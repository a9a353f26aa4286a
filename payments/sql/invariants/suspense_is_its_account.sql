-- Out: rails whose open items are not the balance of the suspense account. Locks: none.
WITH items AS (
    SELECT m.rail_id, s.currency, sum(s.amount_minor) AS open_minor
    FROM payments_suspense_item s
    JOIN payments_movement m ON m.id = s.movement_id
    GROUP BY m.rail_id, s.currency
),
booked AS (
    SELECT account.rail_id, account.currency, -sum(p.amount_minor) AS balance_minor
    FROM payments_ledger_account account
    JOIN payments_posting p ON p.account_id = account.id
    WHERE account.role = 'suspense'
    GROUP BY account.rail_id, account.currency
)
SELECT rail_id, currency, items.open_minor, booked.balance_minor
FROM items
FULL JOIN booked USING (rail_id, currency)
WHERE coalesce(items.open_minor, 0) <> coalesce(booked.balance_minor, 0)
