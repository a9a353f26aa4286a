-- Out: reversals of which nobody was told, and withdrawals; or told of something else. Locks: none.
WITH gone AS (
    SELECT 'payments.collection.reversed' AS name, m.original_id AS subject_id
    FROM payments_movement m WHERE m.leg = 'reversal'
    UNION ALL
    SELECT 'payments.collection.reversed', e.original_id
    FROM payments_explanation e WHERE e.approved AND e.answer = 'reversal'
    UNION ALL
    SELECT 'payments.remittance.confirmed', r.id
    FROM payments_remittance r WHERE r.state IN ('CONFIRMED', 'RETURNED')
    UNION ALL
    SELECT 'payments.remittance.returned', r.id
    FROM payments_remittance r WHERE r.state = 'RETURNED'
    UNION ALL
    SELECT 'payments.debit.unexplained', m.id
    FROM payments_movement m WHERE m.leg = 'withdrawal'
),
told AS (
    SELECT e.name, (e.payload ->> 'subject_id')::bigint AS subject_id
    FROM kernel_event e
    WHERE e.name IN (
        'payments.collection.reversed', 'payments.debit.unexplained',
        'payments.remittance.confirmed', 'payments.remittance.returned'
    )
)
SELECT name, subject_id, gone.subject_id IS NOT NULL AS is_gone
FROM gone
FULL JOIN told USING (name, subject_id)
WHERE gone.name IS NULL OR told.name IS NULL
