-- The ways into the queues: each list in each order is the beginning of one of these, office by
-- office. Locks: the tables against writers while the indexes are made.
-- squawk-ignore-file

-- Oldest and newest first.
CREATE INDEX case_on_desk_by_age ON applications_application (deciding_office_id, id)
    WHERE status IN ('IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND');
CREATE INDEX case_with_nobody ON applications_application (deciding_office_id, queue_at, id)
    WHERE status IN ('IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND') AND officer_id IS NULL;
-- Of the whole country, where reading a page of each office would be reading hundreds.
CREATE INDEX case_on_desk_anywhere ON applications_application (queue_at, id)
    WHERE status IN ('IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND');
CREATE INDEX case_on_desk_anywhere_by_age ON applications_application (id)
    WHERE status IN ('IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND');
CREATE INDEX case_waits_for_applicant
    ON applications_application (deciding_office_id, queue_at, id)
    WHERE status = 'AWAITING_COMPLETION';
-- What came in at one office and is with another, as queries.queues says it.
CREATE INDEX case_elsewhere ON applications_application (receiving_office_id, queue_at, id)
    WHERE status IN ('IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND')
        AND (receiving_office_id < deciding_office_id OR receiving_office_id > deciding_office_id);
CREATE INDEX case_decided ON applications_application (deciding_office_id, decided_at, id)
    WHERE decided_at IS NOT NULL;
-- A case by the digits of its number alone, as people read them out.
CREATE INDEX case_by_digits ON applications_application ("right"(number, 8));

-- A name as searches compare it: small letters, no accents, each word after one space. The
-- dictionary is named, so that the answer depends on nothing that a session can set.
CREATE FUNCTION accounts_folded(name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ' ' || pg_catalog.btrim(pg_catalog.regexp_replace(
        pg_catalog.lower(public.unaccent('public.unaccent', pg_catalog.normalize(name, 'NFKC'))),
        '[^[:alnum:]]+', ' ', 'g'
    ))
$$;
CREATE INDEX person_called ON accounts_person
    USING gin (accounts_folded(family_name || ' ' || given_names) gin_trgm_ops);
