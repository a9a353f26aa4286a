-- Out: credits that were told of, and that no statement of their rail shows although it should by
--      now; the oldest first, and those alone that never rang.
-- In:  since, margin_days (within which a bank books what it has told), gone_days (after which an
--      account that the others have outrun counts no more), zone (the country's), most. Locks: none.
--
-- Looked for by when they were heard of, which nobody outside chooses; from the first day that
-- statements tell, and in the days of those that were posted lately: what is older was looked for
-- before. An advice proves nothing.
WITH account AS (
    SELECT s.rail_id, s.account, min(coalesce(s.from_day, s.to_day)) AS first_day,
        max(s.to_day) AS last_day,
        min(coalesce(s.from_day, s.to_day)) FILTER (WHERE s.posted_at > %(since)s) AS fresh_day
    FROM payments_statement s
    WHERE s.state = 'POSTED' AND NOT s.is_advice
    GROUP BY s.rail_id, s.account
),
told AS (
    SELECT a.rail_id, max(a.first_day) AS first_day, min(a.last_day) AS last_day,
        min(a.fresh_day) AS fresh_day
    FROM account a
    JOIN (SELECT rail_id, max(last_day) AS last_day FROM account GROUP BY rail_id) newest
        ON newest.rail_id = a.rail_id
    WHERE a.last_day > newest.last_day - %(gone_days)s::int
    GROUP BY a.rail_id
    HAVING min(a.fresh_day) IS NOT NULL
),
span AS (
    SELECT t.rail_id, t.first_day::timestamp AT TIME ZONE %(zone)s::text AS first_at,
        greatest(t.first_day, t.fresh_day - %(margin_days)s::int - 1)::timestamp
            AT TIME ZONE %(zone)s::text AS from_at,
        (t.last_day - %(margin_days)s::int)::timestamp AT TIME ZONE %(zone)s::text AS until_at
    FROM told t
)
SELECT m.id, rail.code, m.amount_minor, m.currency
FROM span
JOIN payments_rail rail ON rail.id = span.rail_id
JOIN payments_movement m ON m.rail_id = span.rail_id AND m.leg = 'credit'
    AND m.first_heard_at >= span.from_at AND m.first_heard_at < span.until_at
    AND m.occurred_at >= span.first_at
WHERE NOT EXISTS (
    SELECT FROM payments_statement_line l WHERE l.movement_id = m.id AND NOT l.is_advice
)
  AND NOT EXISTS (
      SELECT FROM payments_alarm alarm
      WHERE alarm.kind = 'not_on_statement' AND alarm.subject = 'movement:' || m.id
        AND alarm.rail_code = rail.code
  )
ORDER BY m.id
LIMIT %(most)s::int
