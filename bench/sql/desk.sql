-- Makes cases %(first)s to %(last)s, and an applicant with her phone for every third. Of a hundred,
-- 92 are over, three lie on a desk and one waits for its applicant; a third of those on a desk are
-- late; a case in a hundred is of somebody whom nobody could be named for.
-- Run by the superuser with session_replication_role = replica: nothing here has a history.
WITH name AS (
    SELECT ARRAY['Uwimana', 'Mukamana', 'Habimana', 'Niyonsaba', 'Uwase', 'Ndayisaba', 'Mugisha',
        'Nshimiyimana', 'Mukandayisenga', 'Hakizimana', 'Iradukunda', 'Twizeyimana', 'Ingabire',
        'Bizimana', 'Umutesi', 'Nkurunziza', 'Tuyishime', 'Murekatete', 'Kagabo', 'Nyirahabimana'
    ] AS family,
    ARRAY['Marie', 'Jean', 'Claudine', 'Éric', 'Alice', 'Emmanuel', 'Josiane', 'Patrick', 'Diane',
        'Olivier', 'Béatrice', 'Innocent', 'Chantal', 'Théogène', 'Solange', 'Vincent'
    ] AS given
),
applicant AS MATERIALIZED (
    SELECT n / 3 AS id,
        -- Twenty names are half the country's; the others are rare, as in a telephone book.
        CASE WHEN n / 3 %% 2 = 0 THEN family[1 + n / 6 %% 20]
            ELSE family[1 + n / 6 %% 20] || translate(left(md5((n / 3 %% 20011)::text), 4),
                '0123456789', 'aeioubdgkm') END AS family_name,
        given[1 + n / 60 %% 16] || ' ' || given[1 + n / 960 %% 16] AS given_names
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n, name
    WHERE n %% 3 = 0
),
person AS (
    INSERT INTO accounts_person (id, family_name, given_names, born_on, sex, assurance)
    SELECT id, family_name, given_names, date '1950-01-01' + (id %% 20000)::int, 'F', 'phone'
    FROM applicant ORDER BY id
),
contact AS (
    INSERT INTO accounts_contactpoint (id, kind, value, value_index, language, verified_at)
    SELECT id, 'phone', sha256(id::text::bytea), sha256(('phone' || id)::bytea), 'rw', now()
    FROM applicant ORDER BY id
),
account AS (
    INSERT INTO accounts_account (
        id, password, kind, login, display_name, contact_id, language, is_active, is_staff,
        is_superuser, created_at
    )
    SELECT id, '!', 'citizen', 'c:' || id, '', id, 'rw', true, false, false, now()
    FROM applicant ORDER BY id
),
made AS (
    SELECT n, greatest(1, n / 3) AS who, office.id AS office_id, service.code, service.version_id,
        1000000000 + office.place * 10 + (n * 7919 / 100) %% 3 AS officer_id,
        CASE WHEN n * 7919 %% 100 < 86 THEN 'ISSUED' WHEN n * 7919 %% 100 < 90 THEN 'REFUSED'
            WHEN n * 7919 %% 100 < 92 THEN 'WITHDRAWN'
            ELSE (ARRAY['IN_QUEUE', 'IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_COMPLETION',
                'AWAITING_SIGNATURE', 'AWAITING_PAYMENT', 'LAPSED', 'DRAFT']
            )[n * 7919 %% 100 - 91] END AS status,
        now() - interval '1 day' * (n %% 1500) - interval '1 s' * (n %% 86400) AS long_ago,
        now() - interval '1 s' * (n * 31 %% 864000) AS lately
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
    JOIN desk.office office
        ON office.place = 1 + floor(416 * ((n * 104729 %% 1000003) / 1000003.0) ^ 1.3)::int
    JOIN desk.service service ON service.place = 1 + n %% (SELECT count(*) FROM desk.service)
),
placed AS (
    SELECT *, status IN ('ISSUED', 'REFUSED', 'WITHDRAWN', 'LAPSED') AS is_over,
        status IN ('ISSUED', 'AWAITING_SIGNATURE') AS has_paper
    FROM made
)
INSERT INTO applications_application (
    id, number, service_version_id, service_code, holder_id, account_id, contact_id, language,
    answers, private_answers, status, held_from, bill_id, receiving_office_id, deciding_office_id,
    handing_office_id, officer_id, cited_entry_id, paper_id, created_at, submitted_at,
    promised_at, queue_at, decided_at, version
)
SELECT n, 'BC-' || 20 + n / 100000000 || '-' || lpad((n %% 100000000)::text, 8, '0'), version_id,
    code, who, who, who, 'rw',
    jsonb_build_object('district', '12', 'birth_place_code', '120101', 'reason', 'school',
        'father_name', 'Nkurunziza Jean', 'mother_name', 'Mukamana Rose', 'declaration', true),
    decode(md5(n::text) || md5((n + 1)::text) || md5((n + 2)::text), 'hex'),
    status, '', CASE WHEN status IN ('AWAITING_PAYMENT', 'LAPSED') THEN n END,
    office_id, office_id, office_id,
    CASE WHEN status = 'IN_QUEUE' AND n %% 3 = 0 THEN NULL ELSE officer_id END,
    CASE WHEN has_paper THEN n END, CASE WHEN has_paper THEN n END,
    CASE WHEN is_over THEN long_ago ELSE lately END,
    CASE WHEN status <> 'DRAFT' THEN CASE WHEN is_over THEN long_ago ELSE lately END END,
    CASE WHEN is_over THEN long_ago ELSE lately END + interval '7 days',
    CASE WHEN is_over THEN long_ago ELSE lately END + interval '7 days',
    CASE WHEN has_paper OR status = 'REFUSED'
        THEN CASE WHEN is_over THEN long_ago ELSE lately END + interval '1 hour' END,
    3
FROM placed ORDER BY n;
