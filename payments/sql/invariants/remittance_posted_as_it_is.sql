-- Out: batches whose journals say something else than their state; batches that were paid or came
-- back another number of times, or with another amount, than they ask; batches that failed, or were
-- cancelled after their approval, by one person's word. Locks: none.
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
        EXISTS (
            SELECT FROM payments_journal j
            WHERE j.kind = 'remittance_resumed' AND j.subject_id = r.id
        ) AS is_resumed,
        EXISTS (
            SELECT FROM payments_journal j
            WHERE j.kind = 'remittance_sent_back' AND j.subject_id = r.id
        ) AS is_sent_back,
        (SELECT count(*) FROM paid WHERE paid.remittance_id = r.id) AS times_paid,
        (
            SELECT count(*) FROM payments_release l WHERE l.remittance_id = r.id AND l.approved
        ) AS times_sent_back,
        EXISTS (
            SELECT FROM payments_remittance_refusal f
            WHERE f.remittance_id = r.id AND f.approved AND f.maker_id <> f.checker_id
              AND (f.report_id IS NULL) = (r.state = 'CANCELLED')
        ) AS is_refused_by_two
    FROM payments_remittance r
)
SELECT said.id, said.state, said.is_sent_out, said.has_come_back, said.is_resumed,
    said.is_sent_back, said.times_paid, said.times_sent_back
FROM said
WHERE said.is_sent_out <> CASE
        WHEN said.state IN ('BUILDING', 'PROPOSED') THEN false
        WHEN said.state = 'CANCELLED' THEN said.has_come_back
        ELSE true
    END
    OR said.has_come_back <> CASE
        WHEN said.state = 'FAILED' THEN true
        WHEN said.state = 'CANCELLED' THEN said.is_sent_out
        -- Paid after it was believed to have come to nothing.
        WHEN said.state IN ('CONFIRMED', 'RETURNED') THEN said.is_resumed
        ELSE false
    END
    OR said.is_resumed AND said.state NOT IN ('CONFIRMED', 'RETURNED')
    OR said.is_sent_back <> (said.state = 'RETURNED')
    OR said.times_sent_back <> (said.state = 'RETURNED')::int
    OR said.times_paid <> (said.state IN ('CONFIRMED', 'RETURNED'))::int
    OR (said.state = 'FAILED' OR said.state = 'CANCELLED' AND said.is_sent_out)
        AND NOT said.is_refused_by_two
    OR EXISTS (
        SELECT FROM paid
        WHERE paid.remittance_id = said.id
          AND (paid.rail_id, paid.currency, paid.amount_minor)
              <> (said.rail_id, said.currency, said.amount_minor)
    )
    OR EXISTS (
        SELECT FROM payments_release l
        JOIN payments_movement m ON m.id = l.movement_id
        WHERE l.remittance_id = said.id AND l.approved
          AND ((l.currency, l.amount_minor) <> (said.currency, said.amount_minor)
              OR (m.rail_id, m.amount_minor) <> (said.rail_id, said.amount_minor))
    )
