-- Makes three officers for each sector's office, and numbers the offices by their size: the
-- first has four times as many cases as most. Run with session_replication_role = replica.
CREATE SCHEMA desk;
CREATE TABLE desk.office AS
SELECT row_number() OVER (ORDER BY md5(code)) AS place, id, area_id
FROM places_office WHERE level = 'sector' AND active;
ALTER TABLE desk.office ADD PRIMARY KEY (place);

CREATE TABLE desk.service AS
SELECT row_number() OVER (ORDER BY s.code) AS place, s.code, s.current_id AS version_id
FROM catalogue_service s
JOIN catalogue_serviceversion v ON v.id = s.current_id
WHERE s.active AND s.kind = 'certificate' AND (v.definition ->> 'applicable')::boolean
ORDER BY s.code LIMIT 8;

-- Applicants are numbered from 1 and members of staff from a billion, so that neither meets the
-- other however many there are.
WITH one AS (
    SELECT 1000000000 + o.place * 10 + k AS id, o.id AS office_id
    FROM desk.office o, generate_series(0, 2) k
),
person AS (
    INSERT INTO accounts_person (id, family_name, given_names, sex, assurance)
    SELECT id, 'Officer', 'Of ' || office_id, 'F', 'phone' FROM one
)
INSERT INTO accounts_account (
    id, password, kind, login, email, display_name, person_id, office_id, language, is_active,
    is_staff, is_superuser, created_at
)
SELECT id, '!', 'staff', 'officer' || id || '@bench.example', 'officer' || id || '@bench.example',
    'Officer ' || id - 1000000000, id, office_id, '', true, false, false, now()
FROM one;
