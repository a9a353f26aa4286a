-- The phones that applied as "self" for too many persons, with the office that received most lately.
-- In: since, until, persons_max. Out: office, contact, persons, the last time. Locks: none.
SELECT (array_agg(a.receiving_office_id ORDER BY a.submitted_at DESC))[1], a.contact_id,
    count(DISTINCT a.holder_id), max(a.submitted_at)
FROM applications_application a
WHERE a.submitted_at > %(since)s AND a.submitted_at <= %(until)s
    AND a.receiving_office_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM applications_assistance h WHERE h.application_id = a.id)
GROUP BY a.contact_id
HAVING count(DISTINCT a.holder_id) > %(persons_max)s
ORDER BY count(DISTINCT a.holder_id) DESC, a.contact_id
