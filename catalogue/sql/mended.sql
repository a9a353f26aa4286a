-- Of the versions of a service: who may follow whom, and which of them is in force.
-- In: rows written by catalogue.operations. Out: an exception that names the rule.
-- Locks: the service's row, as whoever publishes an edit holds it.
-- squawk-ignore-file

-- What somebody edited and published here is never covered by a pack: not even by one that looked
-- before the edit was published.
CREATE FUNCTION catalogue_pack_leaves_edits() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM catalogue_service s WHERE s.id = NEW.service_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM catalogue_serviceversion v
        WHERE v.service_id = NEW.service_id AND v.source = 'edit' AND v.published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'service % has a published edit: no pack changes it', NEW.service_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pack_leaves_edits';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pack_leaves_edits BEFORE INSERT OR UPDATE ON catalogue_serviceversion
    FOR EACH ROW WHEN (NEW.source = 'pack' AND NEW.published_at IS NOT NULL)
    EXECUTE FUNCTION catalogue_pack_leaves_edits();

-- In force is the newest that was published of the service itself: to go back is a new version,
-- on which two people agree.
CREATE FUNCTION catalogue_newest_in_force() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.current_id IS DISTINCT FROM (
        SELECT v.id FROM catalogue_serviceversion v
        WHERE v.service_id = NEW.id AND v.published_at IS NOT NULL
        ORDER BY v.number DESC LIMIT 1
    ) THEN
        RAISE EXCEPTION 'version % is not the newest of service %', NEW.current_id, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'service_newest_in_force';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER service_newest_in_force BEFORE UPDATE ON catalogue_service
    FOR EACH ROW WHEN (NEW.current_id IS DISTINCT FROM OLD.current_id)
    EXECUTE FUNCTION catalogue_newest_in_force();
CREATE TRIGGER service_begins_without_version BEFORE INSERT ON catalogue_service
    FOR EACH ROW WHEN (NEW.current_id IS NOT NULL)
    EXECUTE FUNCTION catalogue_newest_in_force();

-- Nobody pays by a law that is not in force yet. No zone is further ahead than 14 hours; the code
-- knows the country's own and is stricter by less than a day.
CREATE FUNCTION catalogue_fee_waits() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    early text;
BEGIN
    SELECT n.fee->>'code' INTO early
    FROM jsonb_array_elements(coalesce(nullif(NEW.definition->'fees', 'null'), '[]')) AS n(fee)
    LEFT JOIN (
        SELECT o.fee FROM catalogue_serviceversion s
        CROSS JOIN jsonb_array_elements(coalesce(nullif(s.definition->'fees', 'null'), '[]'))
            AS o(fee)
        WHERE s.id = NEW.base_id
    ) o ON o.fee->>'code' = n.fee->>'code'
    WHERE (o.fee IS NOT NULL OR coalesce((n.fee->>'amount_minor')::bigint, 0) <> 0)
      AND catalogue_price_of(n.fee) IS DISTINCT FROM catalogue_price_of(coalesce(o.fee, '{}'))
      AND n.fee->>'legal_from' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
      AND n.fee->>'legal_from'
          > to_char(NEW.publish_from AT TIME ZONE 'UTC' + interval '14 hours', 'YYYY-MM-DD')
    LIMIT 1;
    IF early IS NOT NULL THEN
        RAISE EXCEPTION 'fee % of draft % changes before its law', early, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'fee_waits_for_its_law';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fee_waits_for_its_law BEFORE UPDATE ON catalogue_servicedraft
    FOR EACH ROW WHEN (NEW.state = 'APPROVED' AND OLD.state <> 'APPROVED')
    EXECUTE FUNCTION catalogue_fee_waits();
