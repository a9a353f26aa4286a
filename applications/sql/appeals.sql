-- Appeals and papers collected, said again by PostgreSQL.
-- In: rows written by applications.operations. Out: an exception that names the rule.
-- Locks: none beyond the rows that are written.
-- squawk-ignore-file constraint-missing-not-valid

-- Sealed text is one byte of key, twelve of nonce, sixteen of tag: 2000 characters are 8000 bytes
-- at most, 300 are 1200.
ALTER TABLE applications_appeal ADD CONSTRAINT appeal_has_words
    CHECK (octet_length(text) BETWEEN 30 AND 8029);
ALTER TABLE applications_givenpaper ADD CONSTRAINT another_has_authority
    CHECK (octet_length(authority) <= 1229
        AND (collector = 'another') = (octet_length(authority) >= 30));

-- She appeals against the last refusal of her case, within the term of the service as her case
-- has it. The house alone knows the country's midnight: the day that begins there is granted here.
CREATE FUNCTION applications_appeal_is_open() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM applications_application a
        JOIN catalogue_serviceversion v ON v.id = a.service_version_id
        JOIN applications_refusal r ON r.application_id = a.id
        WHERE a.id = NEW.application_id AND a.status = 'REFUSED' AND r.id = NEW.refusal_id
            AND NOT EXISTS (
                SELECT FROM applications_refusal later
                WHERE later.application_id = a.id AND later.id > r.id
            )
            AND NEW.at >= r.at
            AND NEW.closes_at <= r.at
                + make_interval(days => (v.definition #>> '{appeal,days}')::integer + 1)
    ) THEN
        RAISE EXCEPTION 'case %: no term of appeal is open', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_is_open';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_is_open BEFORE INSERT ON applications_appeal
    FOR EACH ROW EXECUTE FUNCTION applications_appeal_is_open();

-- A case goes up with the words of whoever appeals.
CREATE FUNCTION applications_appeal_is_told() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM applications_appeal p
        WHERE p.application_id = NEW.application_id AND p.version = NEW.version
            AND p.by_id = NEW.changed_by_id
    ) THEN
        RAISE EXCEPTION 'case %: nobody has appealed', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_is_told';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_is_told BEFORE INSERT ON applications_statuschange
    FOR EACH ROW WHEN (NEW.target = 'UNDER_APPEAL')
    EXECUTE FUNCTION applications_appeal_is_told();

-- An appeal is heard by somebody new: no officer has it who made a step of the case before it,
-- under whatever account.
CREATE FUNCTION applications_appeal_heard_anew() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM applications_appeal p
        JOIN applications_statuschange c
            ON c.application_id = p.application_id AND c.version < p.version
        WHERE p.application_id = NEW.application_id AND p.version < NEW.version
            AND ((c.source = 'UNDER_REVIEW' AND c.target IN (
                    'AWAITING_COMPLETION', 'AWAITING_SECOND', 'REFUSED', 'APPROVED'))
                OR c.source = 'AWAITING_SECOND')
            AND applications_same_hands(c.changed_by_id, NEW.officer_id)
    ) THEN
        RAISE EXCEPTION 'case %: an appeal is heard by somebody new', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_heard_anew';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_heard_anew BEFORE INSERT ON applications_statuschange
    FOR EACH ROW WHEN (
        NEW.officer_id IS NOT NULL AND NEW.target IN ('IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND')
    )
    EXECUTE FUNCTION applications_appeal_heard_anew();

-- What lies ready at a counter can be held in a hand; what was given has its proof: the code that
-- the applicant's phone was told, or a second officer who saw it too.
CREATE FUNCTION applications_collected_with_proof() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.target = 'READY_FOR_COLLECTION' AND NOT EXISTS (
        SELECT FROM applications_readypaper p
        JOIN applications_application a ON a.id = p.application_id
        JOIN catalogue_serviceversion v ON v.id = a.service_version_id
        WHERE p.application_id = NEW.application_id AND p.by_id = NEW.changed_by_id
            AND v.definition ->> 'kind' = 'physical'
    ) THEN
        RAISE EXCEPTION 'case %: nothing lies ready', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ready_paper_can_be_held';
    END IF;
    IF NEW.target = 'COLLECTED' AND NOT EXISTS (
        SELECT FROM applications_givenpaper g
        LEFT JOIN applications_givenwitness w ON w.given_id = g.id
        WHERE g.application_id = NEW.application_id AND (g.with_code OR w.id IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'case %: nobody has proved who collects', NEW.application_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'collected_with_proof';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER collected_with_proof BEFORE INSERT ON applications_statuschange
    FOR EACH ROW WHEN (NEW.target IN ('READY_FOR_COLLECTION', 'COLLECTED'))
    EXECUTE FUNCTION applications_collected_with_proof();

CREATE FUNCTION applications_witness_is_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM applications_givenpaper g
        WHERE g.id = NEW.given_id AND applications_same_hands(g.by_id, NEW.by_id)
    ) THEN
        RAISE EXCEPTION 'given %: who gives is not who sees', NEW.given_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'witness_is_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER witness_is_another BEFORE INSERT ON applications_givenwitness
    FOR EACH ROW EXECUTE FUNCTION applications_witness_is_another();

-- Of what lies ready only the code, and who was told when, change.
REVOKE UPDATE, DELETE, TRUNCATE ON applications_readypaper FROM guichet_application;
GRANT UPDATE (code_hash, code_at, code_tries, reminded_at, told_at)
    ON applications_readypaper TO guichet_application;
