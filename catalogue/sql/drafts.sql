-- Drafts of services, and what two people publish of them, said again by PostgreSQL.
-- In: rows written by catalogue.operations. Out: an exception that names the rule; a revision for
-- every change of a draft. Locks: the draft's own row.
-- squawk-ignore-file

-- What somebody pays, to whom, under which code, and when: names and promises are no price.
CREATE FUNCTION catalogue_price_of(fee jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT jsonb_build_array(
        nullif(fee->'amount_minor', 'null'), fee->'currency', fee->'beneficiary',
        nullif(fee->'revenue_code', 'null'), nullif(fee->'when', 'null'),
        coalesce(nullif(fee->'variant', 'null'), 'false')
    )
$$;

-- The codes of fees that are new or differ, and lack their law, its day or their revenue code.
-- A new line that costs nothing, or whose amount nobody has published, changes no fee.
CREATE FUNCTION catalogue_fees_without_law(before jsonb, after jsonb) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT n.fee->>'code'
    FROM jsonb_array_elements(coalesce(nullif(after->'fees', 'null'), '[]')) AS n(fee)
    LEFT JOIN jsonb_array_elements(coalesce(nullif(before->'fees', 'null'), '[]')) AS o(fee)
        ON o.fee->>'code' = n.fee->>'code'
    WHERE (o.fee IS NOT NULL OR coalesce((n.fee->>'amount_minor')::bigint, 0) <> 0)
      AND catalogue_price_of(n.fee) IS DISTINCT FROM catalogue_price_of(coalesce(o.fee, '{}'))
      AND (coalesce(n.fee->>'legal_source', '') = '' OR coalesce(n.fee->>'legal_from', '') = ''
           OR coalesce(n.fee->>'revenue_code', '') = '')
$$;

-- Whether the version is the one in force; null is, where there is no such service yet.
CREATE FUNCTION catalogue_is_in_force(service text, version bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (SELECT s.current_id FROM catalogue_service s WHERE s.code = service)
        IS NOT DISTINCT FROM version
$$;

CREATE FUNCTION catalogue_draft_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    is_edited boolean := NEW.definition <> OLD.definition OR NEW.revision <> OLD.revision;
    before jsonb;
    lacking text;
BEGIN
    IF OLD.state IN ('PUBLISHED', 'DISCARDED') THEN
        RAISE EXCEPTION 'draft % has ended', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_ended_stays';
    END IF;
    IF ((NEW.code, NEW.begun_by_id, NEW.begun_at)
        IS DISTINCT FROM (OLD.code, OLD.begun_by_id, OLD.begun_at)) THEN
        RAISE EXCEPTION 'draft % is of the service that it began with', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_stays_of_its_service';
    END IF;
    IF ((is_edited OR NEW.base_id IS DISTINCT FROM OLD.base_id) AND (
        OLD.state NOT IN ('DRAFT', 'RETURNED') OR NEW.state <> 'DRAFT'
        OR NEW.revision <> OLD.revision + 1)) THEN
        RAISE EXCEPTION 'draft % is edited one revision at a time, while it is a draft', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_edited_by_revision';
    END IF;
    IF (NEW.state = 'APPROVED' AND OLD.state <> 'APPROVED') THEN
        IF EXISTS (
            SELECT FROM catalogue_draftrevision r
            WHERE r.draft_id = NEW.id AND accounts_same_hands(r.by_id, NEW.approved_by_id)
        ) THEN
            RAISE EXCEPTION 'whoever edited draft % does not approve it', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_two_people';
        END IF;
        IF NOT catalogue_is_in_force(NEW.code, NEW.base_id) THEN
            RAISE EXCEPTION 'draft % began from a version that is no longer in force', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_begins_from_what_is_in_force';
        END IF;
        SELECT s.definition INTO before FROM catalogue_serviceversion s WHERE s.id = NEW.base_id;
        SELECT f INTO lacking
            FROM catalogue_fees_without_law(coalesce(before, '{}'), NEW.definition) AS f LIMIT 1;
        IF lacking IS NOT NULL THEN
            RAISE EXCEPTION 'fee % of draft % changes without its law', lacking, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'fee_change_names_its_law';
        END IF;
    ELSIF (NEW.state = 'APPROVED' OR NEW.state = 'PUBLISHED') AND (
        (NEW.approved_by_id, NEW.approved_at, NEW.publish_from)
        IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at, OLD.publish_from)) THEN
        RAISE EXCEPTION 'draft % was approved as it was', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_approval_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER draft_kept BEFORE UPDATE ON catalogue_servicedraft
    FOR EACH ROW EXECUTE FUNCTION catalogue_draft_kept();

-- Nobody begins a draft that is already approved.
CREATE FUNCTION catalogue_draft_begins() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.state <> 'DRAFT' OR NEW.revision <> 1 OR NEW.changed_by_id <> NEW.begun_by_id) THEN
        RAISE EXCEPTION 'a draft begins as one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_begins_as_one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER draft_begins BEFORE INSERT ON catalogue_servicedraft
    FOR EACH ROW EXECUTE FUNCTION catalogue_draft_begins();

CREATE FUNCTION catalogue_keep_revision() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.revision <> OLD.revision THEN
        INSERT INTO catalogue_draftrevision (draft_id, number, definition, section, by_id, at)
        VALUES (NEW.id, NEW.revision, NEW.definition, NEW.section, NEW.changed_by_id,
                NEW.changed_at);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER draft_revision_kept AFTER INSERT OR UPDATE ON catalogue_servicedraft
    FOR EACH ROW EXECUTE FUNCTION catalogue_keep_revision();

-- An edit is published as two people agreed on it, and not before its day.
CREATE FUNCTION catalogue_edit_was_approved() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.source = 'edit' AND NEW.published_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM catalogue_servicedraft d
        JOIN catalogue_service s ON s.code = d.code
        WHERE s.id = NEW.service_id AND d.state = 'APPROVED' AND d.definition = NEW.definition
          AND d.publish_from <= NEW.published_at
          AND catalogue_is_in_force(d.code, d.base_id)
    ) THEN
        RAISE EXCEPTION 'nobody has approved version % of service %', NEW.number, NEW.service_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_edit_was_approved';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published_edit_was_approved BEFORE INSERT OR UPDATE ON catalogue_serviceversion
    FOR EACH ROW EXECUTE FUNCTION catalogue_edit_was_approved();

REVOKE DELETE, TRUNCATE ON catalogue_servicedraft FROM guichet_application;
