-- Out: cases under review whose officer had no grant for them at the moment when they came into
-- her hands. A grant that ends later takes the case from nobody; she can decide it no more.
-- Locks: none.
SELECT a.id AS case_id, a.officer_id, a.deciding_office_id, held.since
FROM applications_application a
JOIN places_office o ON o.id = a.deciding_office_id
LEFT JOIN places_area around ON around.id = o.area_id
LEFT JOIN LATERAL (
    SELECT c.changed_at AS since
    FROM applications_statuschange c
    WHERE c.application_id = a.id AND c.officer_id = a.officer_id
        AND c.target = 'UNDER_REVIEW' AND c.source IN ('IN_QUEUE', 'AWAITING_COMPLETION')
    ORDER BY c.version DESC
    LIMIT 1
) held ON true
WHERE a.status IN ('UNDER_REVIEW', 'AWAITING_SECOND')
    AND NOT EXISTS (
        SELECT FROM accounts_grant g
        JOIN accounts_account who ON who.id = g.account_id
        LEFT JOIN places_area over ON over.id = g.area_id
        WHERE g.account_id = a.officer_id
            AND g.act = 'case.decide'
            AND g.service_code IN ('*', a.service_code)
            AND g.rail_code = '*'
            AND g.from_at <= held.since
            AND g.confirmed_at <= held.since
            AND (g.until_at IS NULL OR g.until_at > held.since)
            AND (g.ended_at IS NULL OR g.ended_at > held.since)
            AND (g.area_id IS NULL OR over.code = ANY (string_to_array(around.path, '/')))
            AND who.kind = 'staff'
            AND NOT who.is_superuser
    )
