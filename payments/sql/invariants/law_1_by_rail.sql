-- Out: rails and currencies where what movements, judgements and ledger say differs. Locks: none.
WITH moved AS (
    SELECT m.rail_id, m.currency,
        coalesce(sum(m.amount_minor) FILTER (WHERE m.leg = 'credit'), 0) AS received_minor,
        coalesce(sum(m.amount_minor) FILTER (WHERE m.leg = 'reversal'), 0) AS reversed_minor,
        coalesce(sum(m.amount_minor) FILTER (WHERE m.leg = 'payout'), 0) AS refunded_minor,
        sum(CASE WHEN m.leg IN ('credit', 'transfer') THEN m.amount_minor ELSE -m.amount_minor END)
            AS held_minor,
        coalesce(sum(m.amount_minor) FILTER (WHERE m.leg = 'withdrawal'), 0) AS withdrawn_minor
    FROM payments_movement m
    GROUP BY m.rail_id, m.currency
),
-- What two people have said of withdrawals: a reversal took back what came in.
explained AS (
    SELECT w.rail_id, w.currency, sum(w.amount_minor) AS explained_minor,
        coalesce(sum(w.amount_minor) FILTER (WHERE e.answer = 'reversal'), 0) AS reversed_minor,
        coalesce(sum(w.amount_minor) FILTER (WHERE e.answer = 'refund'), 0) AS refunded_minor
    FROM payments_explanation e JOIN payments_movement w ON w.id = e.movement_id
    WHERE e.approved
    GROUP BY w.rail_id, w.currency
),
released AS (
    SELECT m.rail_id, l.currency, sum(l.amount_minor) AS released_minor
    FROM payments_release l JOIN payments_movement m ON m.id = l.movement_id
    WHERE l.approved
    GROUP BY m.rail_id, l.currency
),
judged AS (
    SELECT m.rail_id, m.currency,
        sum(a.allocated_minor) AS allocated_minor, sum(s.suspense_minor) AS suspense_minor,
        sum(f.approved_minor) AS approved_minor
    FROM payments_movement m
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(a.amount_minor), 0) AS allocated_minor
        FROM payments_allocation a WHERE a.movement_id = m.id
    ) a
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(s.amount_minor), 0) AS suspense_minor
        FROM payments_suspense_item s WHERE s.movement_id = m.id
    ) s
    -- What was approved and did not fail: on its way, or paid out.
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(f.amount_minor), 0) AS approved_minor
        FROM payments_refund f
        WHERE f.movement_id = m.id
          AND f.state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE')
    ) f
    GROUP BY m.rail_id, m.currency
),
booked AS (
    SELECT account.rail_id, account.currency,
        coalesce(sum(p.amount_minor) FILTER (
            WHERE account.role IN ('clearing', 'refund_float')
        ), 0) AS held_minor,
        coalesce(-sum(p.amount_minor) FILTER (WHERE account.role = 'suspense'), 0)
            AS suspense_minor,
        coalesce(-sum(p.amount_minor) FILTER (WHERE account.role = 'refunds_in_transit'), 0)
            AS in_transit_minor,
        coalesce(sum(p.amount_minor) FILTER (WHERE account.role = 'unexplained'), 0)
            AS unexplained_minor
    FROM payments_ledger_account account
    JOIN payments_posting p ON p.account_id = account.id
    WHERE account.rail_id IS NOT NULL
    GROUP BY account.rail_id, account.currency
),
filled AS (
    SELECT t.rail_id, t.currency, sum(t.amount_minor) AS filled_minor
    FROM payments_float_top_up t WHERE t.confirmed_at IS NOT NULL
    GROUP BY t.rail_id, t.currency
),
compared AS (
    SELECT rail_id, currency,
        coalesce(moved.received_minor, 0) AS received_minor,
        coalesce(moved.reversed_minor, 0) + coalesce(explained.reversed_minor, 0)
            AS reversed_minor,
        coalesce(judged.allocated_minor, 0) AS allocated_minor,
        coalesce(judged.suspense_minor, 0) AS suspense_minor,
        coalesce(judged.approved_minor, 0) - coalesce(moved.refunded_minor, 0)
            - coalesce(explained.refunded_minor, 0) AS in_transit_minor,
        coalesce(moved.refunded_minor, 0) + coalesce(explained.refunded_minor, 0)
            AS refunded_minor,
        coalesce(released.released_minor, 0) AS released_minor,
        coalesce(moved.withdrawn_minor, 0) - coalesce(explained.explained_minor, 0)
            AS unexplained_minor,
        coalesce(moved.held_minor, 0) + coalesce(filled.filled_minor, 0) AS held_minor,
        coalesce(booked.held_minor, 0) AS held_booked_minor,
        coalesce(booked.suspense_minor, 0) AS suspense_booked_minor,
        coalesce(booked.in_transit_minor, 0) AS in_transit_booked_minor,
        coalesce(booked.unexplained_minor, 0) AS unexplained_booked_minor
    FROM moved
    FULL JOIN judged USING (rail_id, currency)
    FULL JOIN booked USING (rail_id, currency)
    FULL JOIN filled USING (rail_id, currency)
    FULL JOIN explained USING (rail_id, currency)
    FULL JOIN released USING (rail_id, currency)
)
SELECT compared.*
FROM compared
WHERE received_minor - reversed_minor
        <> allocated_minor + suspense_minor + in_transit_minor + refunded_minor + released_minor
    OR held_minor <> held_booked_minor
    OR suspense_minor <> suspense_booked_minor
    OR in_transit_minor <> in_transit_booked_minor
    OR unexplained_minor <> unexplained_booked_minor
    OR in_transit_minor < 0 OR unexplained_minor < 0
