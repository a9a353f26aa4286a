-- Out: a day's journals in the order of the seal. In: day. Locks: none.
SELECT j.id, j.kind, j.subject_id, payments_seal_instant(j.occurred_at),
    payments_seal_instant(j.posted_at), j.reverses_id
FROM payments_journal j
WHERE j.business_day = %(day)s::date
ORDER BY j.id
