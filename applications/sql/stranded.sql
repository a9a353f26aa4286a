-- Cases that lie where nobody will take them up: before an office that is closed, or named to an
-- officer who may not decide them, is away for long, or whom the register has since called family.
-- In: now, when offices next work (whoever is away then is away), the days from which on an absence
-- is long, how many at most; NULL or the one case that is asked about; beyond which id. Out: their
-- ids, in order.
-- Locks: none. What is kept of the desks (applications_tally) says where to look, so that no
-- backlog is read.
WITH laid AS (
    SELECT t.deciding_office_id, t.officer_id, t.service_code
    FROM applications_tally t
    WHERE t.status IN ('IN_QUEUE', 'UNDER_REVIEW')
    GROUP BY t.deciding_office_id, t.officer_id, t.service_code
    HAVING sum(t.n) > 0
),
closed AS (
    SELECT DISTINCT l.deciding_office_id
    FROM laid l
    JOIN places_office o ON o.id = l.deciding_office_id
    WHERE NOT o.active
),
unfit AS (
    SELECT l.officer_id, l.deciding_office_id, l.service_code
    FROM laid l
    JOIN places_office o ON o.id = l.deciding_office_id
    LEFT JOIN places_area around ON around.id = o.area_id
    WHERE l.officer_id IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM accounts_grant g
            JOIN accounts_account who ON who.id = g.account_id
            LEFT JOIN places_area over ON over.id = g.area_id
            WHERE g.account_id = l.officer_id
                AND g.act = 'case.decide'
                AND g.service_code IN ('*', l.service_code)
                AND g.rail_code = '*'
                AND g.beneficiary_code = '*'
                AND g.from_at <= %(now)s
                AND g.confirmed_at <= %(now)s
                AND (g.until_at IS NULL OR g.until_at > %(now)s)
                AND (g.ended_at IS NULL OR g.ended_at > %(now)s)
                AND (g.area_id IS NULL OR over.code = ANY (string_to_array(around.path, '/')))
                AND who.kind = 'staff'
                AND who.is_active
                AND NOT who.is_superuser
        )
),
away AS (
    SELECT b.account_id
    FROM accounts_absence b
    WHERE b.ended_at IS NULL AND b.from_at <= %(opens)s AND b.until_at > %(opens)s
        AND b.until_at - b.from_at >= make_interval(days => %(long)s)
),
kin AS (
    SELECT who.id AS account_id, p.id AS person_id
    FROM registers_relative r
    JOIN registers_family f ON f.id = r.family_id
    JOIN accounts_account who ON who.person_id = f.person
    JOIN accounts_person p ON p.national_id_index = r.person_index
)
SELECT a.id
FROM closed c
JOIN applications_application a ON a.deciding_office_id = c.deciding_office_id
WHERE a.status IN ('IN_QUEUE', 'UNDER_REVIEW')
    AND a.id > %(after)s AND (%(only)s::bigint IS NULL OR a.id = %(only)s)
UNION
SELECT a.id
FROM unfit u
JOIN applications_application a ON a.officer_id = u.officer_id
    AND a.deciding_office_id = u.deciding_office_id AND a.service_code = u.service_code
WHERE a.status IN ('IN_QUEUE', 'UNDER_REVIEW')
    AND a.id > %(after)s AND (%(only)s::bigint IS NULL OR a.id = %(only)s)
UNION
SELECT a.id
FROM away w
JOIN applications_application a ON a.officer_id = w.account_id
WHERE a.status = 'IN_QUEUE'
    AND a.id > %(after)s AND (%(only)s::bigint IS NULL OR a.id = %(only)s)
UNION
SELECT a.id
FROM kin k
JOIN applications_application a ON a.officer_id = k.account_id
    AND k.person_id IN (a.holder_id, a.guardian_id)
WHERE a.status IN ('IN_QUEUE', 'UNDER_REVIEW')
    AND a.id > %(after)s AND (%(only)s::bigint IS NULL OR a.id = %(only)s)
ORDER BY id
LIMIT %(limit)s
