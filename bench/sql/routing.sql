-- Makes rights for the officers of desk_staff.sql and ten more at one office; then paid cases
-- %(first)s to %(last)s with their news: all before that office, or over the country.
-- Run by the superuser with session_replication_role = replica.
WITH colleague AS (
    SELECT 1100000000 + k AS id, o.id AS office_id
    FROM desk.office o, generate_series(1, 10) k WHERE o.place = 1 AND %(first)s = 1
),
person AS (
    INSERT INTO accounts_person (id, family_name, given_names, sex, assurance)
    SELECT id, 'Colleague', id::text, 'F', 'phone' FROM colleague
),
account AS (
    INSERT INTO accounts_account (
        id, password, kind, login, email, display_name, person_id, office_id, language, is_active,
        is_staff, is_superuser, created_at
    )
    SELECT id, '!', 'staff', 'c' || id || '@bench.example', 'c' || id || '@bench.example',
        'Colleague ' || id, id, office_id, '', true, false, false, now()
    FROM colleague
    RETURNING id, office_id
),
holder AS (
    SELECT id, office_id FROM account
    UNION ALL
    SELECT a.id, a.office_id FROM accounts_account a
    JOIN desk.office o ON o.id = a.office_id AND o.place <> 1
    WHERE a.id BETWEEN 1000000000 AND 1099999999 AND %(first)s = 1
)
INSERT INTO accounts_grant (
    account_id, act, service_code, area_id, rail_code, beneficiary_code, from_at, given_by_id,
    given_at, confirmed_by_id, confirmed_at
)
SELECT h.id, 'case.decide', '*', o.area_id, '*', '*', now() - interval '1 day', 1,
    now() - interval '1 day', 2, now() - interval '1 day'
FROM holder h JOIN desk.office o ON o.id = h.office_id;

WITH made AS (
    SELECT n, o.id AS office_id, a.code AS area_code, s.id AS service_id, s.current_id
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
    JOIN desk.office o ON o.place = CASE WHEN %(spread)s THEN 2 + n %% 415 ELSE 1 END
    JOIN places_area a ON a.id = o.area_id
    JOIN catalogue_service s ON s.code = 'birth-certificate'
),
born AS (
    INSERT INTO applications_application (
        id, number, service_version_id, service_code, holder_id, account_id, contact_id, language,
        answers, private_answers, status, held_from, receiving_office_id, deciding_office_id,
        handing_office_id, created_at, submitted_at, promised_at, queue_at, version
    )
    SELECT n, 'BC-26-' || lpad(n::text, 8, '0'), current_id, 'birth-certificate', n, n, n, 'rw',
        jsonb_build_object('birth_place_code', area_code), %(sealed)s, 'PAID', '', office_id,
        office_id, office_id, now(), now(), now() + interval '7 days', now() + interval '7 days', 3
    FROM made
)
INSERT INTO kernel_event (name, payload, occurred_at)
SELECT 'applications.case.paid',
    jsonb_build_object('subject_id', n, 'occurred_at',
        to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')),
    now()
FROM made ORDER BY n;
