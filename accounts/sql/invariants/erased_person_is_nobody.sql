-- In: the persons whose erasure is done. Out: those of whom a row still names something.
SELECT e.person_id AS person, 'person' AS where_
FROM accounts_erasure e JOIN accounts_person p ON p.id = e.person_id
WHERE e.state = 'DONE'
    AND (p.family_name <> 'P-' || p.id OR p.given_names <> '' OR p.born_on IS NOT NULL
        OR p.sex <> '' OR p.national_id IS NOT NULL OR p.national_id_index IS NOT NULL)
UNION ALL
SELECT e.person_id, 'reached'
FROM accounts_erasure e JOIN accounts_personcontact c ON c.person_id = e.person_id
WHERE e.state = 'DONE'
UNION ALL
SELECT e.person_id, 'officer'
FROM accounts_erasure e JOIN accounts_account a ON a.person_id = e.person_id
WHERE e.state = 'DONE'
UNION ALL
SELECT e.person_id, 'tombstone'
FROM accounts_erasure e JOIN accounts_contactpoint c ON c.id = e.tombstone_id
WHERE NOT kernel_says_nothing(to_jsonb(c.value))
UNION ALL
SELECT e.person_id, 'reason'
FROM accounts_erasure e
WHERE e.state = 'DONE' AND NOT (
    kernel_says_nothing(to_jsonb(e.reason)) AND kernel_says_nothing(to_jsonb(e.because))
)
UNION ALL
SELECT e.person_id, 'note of a guardianship'
FROM accounts_erasure e
JOIN accounts_guardianship g ON e.person_id IN (g.guardian_id, g.ward_id)
WHERE e.state = 'DONE' AND g.note <> ''
UNION ALL
SELECT e.person_id, 'note of a change of phone'
FROM accounts_erasure e JOIN accounts_phonechange c ON c.person_id = e.person_id
WHERE e.state = 'DONE' AND c.note <> ''
