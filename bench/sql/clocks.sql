-- Makes open cases %(first)s to %(last)s before the offices of the pack, half of them without an
-- officer; all of few applicants, who are there. One in a hundred is due to be escalated within
-- the hour before now, the others over the month to come.
-- Run by the superuser with session_replication_role = replica: nothing here has a history.
INSERT INTO applications_application (
    id, number, service_version_id, service_code, holder_id, account_id, contact_id, language,
    answers, private_answers, status, held_from, receiving_office_id, deciding_office_id,
    handing_office_id, officer_id, created_at, submitted_at, promised_at, queue_at, escalate_at,
    version
)
SELECT n, 'BC-' || 60 + n / 100000000 || '-' || lpad((n %% 100000000)::text, 8, '0'),
    service.version_id, service.code, 1 + n %% 1000, 1 + n %% 1000, 1 + n %% 1000, 'rw',
    jsonb_build_object('district', '12', 'birth_place_code', '120101', 'reason', 'school'),
    decode(md5(n::text) || md5((n + 1)::text), 'hex'),
    (ARRAY['IN_QUEUE', 'UNDER_REVIEW', 'IN_QUEUE', 'AWAITING_SECOND'])[1 + n %% 4], '',
    office.id, office.id, office.id,
    CASE WHEN n %% 4 IN (1, 3) THEN 1000000000 + office.place * 10 + n %% 3 END,
    due.at - interval '2 days', due.at - interval '2 days', due.at + interval '4 hours',
    due.at + interval '4 hours', due.at, 3
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
JOIN desk.office office ON office.place = 1 + n * 104729 %% 416
JOIN desk.service service ON service.place = 1 + n %% (SELECT count(*) FROM desk.service),
LATERAL (SELECT CASE WHEN n %% 100 = 0 THEN now() - interval '1 s' * (n / 100 %% 3600)
    ELSE now() + interval '6 hours' + interval '1 s' * (n * 31 %% 2592000) END) due (at)
ORDER BY n;
