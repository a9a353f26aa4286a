-- Sums the refunds that were first asked for or proposed on some days, as they are now.
--
-- In:    first_day, last_day, time_zone in which they are days.
-- Out:   one row a group: rail, currency, state, refunds, amount.
-- Locks: none.
SELECT movement.rail_id, refund.currency, refund.state, count(*), sum(refund.amount_minor)::bigint
FROM payments_refund refund
JOIN payments_movement movement ON movement.id = refund.movement_id
WHERE (coalesce(refund.proposed_at, refund.requested_at) AT TIME ZONE %(time_zone)s::text)::date
    BETWEEN %(first_day)s::date AND %(last_day)s::date
GROUP BY 1, 2, 3
