-- Out: batches whose journals say something else than their state; batches that were paid another
-- number of times, or with another amount, than they ask. Locks: none.
WITH paid AS (
    SELECT m.remittance_id, m.rail_id, m.currency, m.amount_minor
    FROM payments_movement m WHERE m.leg = 'remittance'
    UNION ALL
    SELECT e.remittance_id, w.rail_id, w.currency, w.amount_minor
    FROM payments_explanation e JOIN payments_movement w ON w.id = e.movement_id
    WHERE e.approved AND e.answer = 'remittance'
),
said AS (
    SELECT r.*,
        EXISTS (
            SELECT FROM payments_journal j WHERE j.kind = 'remittance' AND j.subject_id = r.id
        ) AS is_sent_out,
        EXISTS (
            SELECT FROM payments_journal j
            WHERE j.kind = 'remittance_returned' AND j.subject_id = r.id
        ) AS has_come_back,
        (SELECT count(*) FROM paid WHERE paid.remittance_id = r.id) AS times_paid
    FROM payments_remittance r
)
SELECT said.id, said.state, said.is_sent_out, said.has_come_back, said.times_paid
FROM said
WHERE said.is_sent_out <> CASE
        WHEN said.state IN ('BUILDING', 'PROPOSED') THEN false
        WHEN said.state = 'CANCELLED' THEN said.has_come_back
        ELSE true
    END
    OR said.has_come_back <> CASE
        WHEN said.state = 'FAILED' THEN true
        WHEN said.state = 'CANCELLED' THEN said.is_sent_out
        ELSE false
    END
    OR said.times_paid <> CASE said.state WHEN 'CONFIRMED' THEN 1 ELSE 0 END
    OR EXISTS (
        SELECT FROM paid
        WHERE paid.remittance_id = said.id
          AND (paid.rail_id, paid.currency, paid.amount_minor)
              <> (said.rail_id, said.currency, said.amount_minor)
    )
