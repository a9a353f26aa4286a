-- An area that a reform dissolved is not its own successor, and a day has one division: all the
-- successors of an area follow it on the same day.
-- In: rows of places_areachange. Out: the row, or an error with the constraint's name.
-- Locks: none beyond the rows that are written; packs are loaded one at a time.
CREATE FUNCTION places_area_change_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM places_area a WHERE a.id = NEW.new_id AND a.code = NEW.old_code) THEN
        RAISE EXCEPTION 'area % cannot follow itself', NEW.old_code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'area_change_leads_on';
    END IF;
    IF EXISTS (
        SELECT FROM places_areachange c
        WHERE c.old_code = NEW.old_code AND c.id <> NEW.id AND c.since <> NEW.since
    ) THEN
        RAISE EXCEPTION 'area % ends on one day', NEW.old_code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'area_change_on_one_day';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER area_change_rules BEFORE INSERT OR UPDATE ON places_areachange
    FOR EACH ROW EXECUTE FUNCTION places_area_change_rules();
