-- Out: by rail, currency and leg what moved in a day's journals: how many and how much; how much of
--      it messages told, and statements.
-- In:  day. Locks: none.
SELECT m.rail_id, m.currency, m.leg, count(*), sum(m.amount_minor)::bigint,
    coalesce(sum(m.amount_minor) FILTER (WHERE EXISTS (
        SELECT FROM payments_evidence e WHERE e.movement_id = m.id AND e.source = 'message'
    )), 0)::bigint,
    coalesce(sum(m.amount_minor) FILTER (WHERE EXISTS (
        SELECT FROM payments_statement_line l WHERE l.movement_id = m.id AND NOT l.is_advice
    )), 0)::bigint
FROM payments_journal j
JOIN payments_movement m ON m.id = j.subject_id
    AND m.leg = CASE j.kind
        WHEN 'collection' THEN 'credit' WHEN 'remitted' THEN 'remittance' ELSE j.kind
    END
WHERE j.business_day = %(day)s::date AND j.kind IN (
    'collection', 'reversal', 'charge', 'payout', 'sweep', 'transfer', 'withdrawal', 'remitted'
)
GROUP BY m.rail_id, m.currency, m.leg
ORDER BY m.rail_id, m.currency, m.leg
