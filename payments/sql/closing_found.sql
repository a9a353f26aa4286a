-- Out: what does not agree on a day, with what stands in the list of it already (NULL: nothing).
-- In:  day, zone (the country's), most. Locks: none.
SELECT f.kind, f.subject, f.rail_id, rail.code, f.currency, f.amount_minor, d.id
FROM payments_differences_of_day(%(day)s::date, %(zone)s::text) f
LEFT JOIN payments_rail rail ON rail.id = f.rail_id
LEFT JOIN payments_close_difference d ON (d.kind, d.subject) = (f.kind, f.subject)
ORDER BY d.id IS NOT NULL, f.kind, rail.code, f.subject
LIMIT %(most)s::int
