-- What the agents of some licences did in a time, a row for each that helped anybody.
-- In: licences, since, until. Out: licence id, persons helped, cases sent in, helps ended by the
-- person, slips found doubtful or false, times held for one phone.
-- Locks: none.
WITH helped AS (
    SELECT g.id AS licence_id, g.account_id, h.id, h.holder_id, h.revoked_at, a.submitted_at, a.status
    FROM accounts_agent g
    JOIN applications_assistance h ON h.helper_id = g.account_id
        AND h.begun_at >= greatest(g.from_at, g.confirmed_at) AND h.begun_at < g.until_at
        AND (g.ended_at IS NULL OR h.begun_at < g.ended_at)
    JOIN applications_application a ON a.id = h.application_id
    WHERE g.id = ANY(%(licences)s) AND h.begun_at >= %(since)s AND h.begun_at < %(until)s
)
SELECT licence_id,
    count(DISTINCT holder_id),
    count(*) FILTER (WHERE submitted_at IS NOT NULL),
    count(*) FILTER (WHERE revoked_at IS NOT NULL),
    (SELECT count(*) FROM applications_consentcheck c
        JOIN applications_helpconsent k ON k.id = c.consent_id
        WHERE c.outcome <> 'good' AND k.assistance_id = ANY(array_agg(helped.id))),
    (SELECT count(*) FROM applications_helphold w
        WHERE w.helper_id = account_id AND w.noticed_at >= %(since)s AND w.noticed_at < %(until)s)
FROM helped GROUP BY licence_id, account_id
