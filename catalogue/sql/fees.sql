-- squawk-ignore-file
-- Whoever publishes a service has the right to, and the right over fees too where money changes.
-- In: rows of catalogue_servicedraft. Out: the row, or an error with the rule's name.
-- Locks: none beyond the row.

-- A value that says something, as text; null where it is empty or says no.
CREATE FUNCTION catalogue_said(value jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp
    RETURN CASE WHEN value IN ('null', '""', '[]', '{}', 'false', '0') THEN NULL
                ELSE value::text END;

-- What somebody pays for a fee, or nobody; as `comparing.fee_changes` has it.
CREATE FUNCTION catalogue_pays(fee jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp
    RETURN ARRAY[
        nullif(fee->'amount_minor', 'null')::text, catalogue_said(fee->'currency'),
        catalogue_said(fee->'beneficiary'), catalogue_said(fee->'revenue_code'),
        catalogue_said(fee->'when'), catalogue_said(fee->'variant')
    ];

-- Whether anybody would pay something else: by a fee, or by a rule that waives one.
CREATE FUNCTION catalogue_changes_money(before jsonb, after jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(nullif(before->'waivers', 'null'), '[]')
           <> coalesce(nullif(after->'waivers', 'null'), '[]')
    OR EXISTS (
        SELECT FROM jsonb_array_elements(coalesce(nullif(before->'fees', 'null'), '[]')) AS o(fee)
        FULL JOIN jsonb_array_elements(coalesce(nullif(after->'fees', 'null'), '[]')) AS n(fee)
            ON coalesce(o.fee->>'code', '') = coalesce(n.fee->>'code', '')
        WHERE CASE
            WHEN o.fee IS NULL THEN catalogue_said(n.fee->'amount_minor') IS NOT NULL
            WHEN n.fee IS NULL THEN true
            ELSE catalogue_pays(o.fee) IS DISTINCT FROM catalogue_pays(n.fee)
        END
    )
$$;

CREATE FUNCTION catalogue_draft_by_right() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before jsonb := '{}';
    wanted accounts_grant := jsonb_populate_record(NULL::accounts_grant, jsonb_build_object(
        'id', 0, 'service_code', NEW.code, 'rail_code', '*', 'beneficiary_code', '*'
    ));
BEGIN
    IF NOT accounts_holds(NEW.approved_by_id, 'catalogue.publish', wanted, NEW.approved_at) THEN
        RAISE EXCEPTION 'account % may not publish draft %', NEW.approved_by_id, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_approved_by_right';
    END IF;
    SELECT v.definition INTO before FROM catalogue_serviceversion v WHERE v.id = NEW.base_id;
    IF (catalogue_changes_money(coalesce(before, '{}'), NEW.definition)
        AND NOT accounts_holds(NEW.approved_by_id, 'catalogue.fees', wanted, NEW.approved_at)) THEN
        RAISE EXCEPTION 'account % may not publish the fees of draft %', NEW.approved_by_id, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_fees_by_right';
    END IF;
    RETURN NULL;
END $$;

-- After whatever else speaks against the row.
CREATE TRIGGER draft_approved_by_right AFTER UPDATE OF state ON catalogue_servicedraft
    FOR EACH ROW WHEN (NEW.state = 'APPROVED' AND OLD.state <> 'APPROVED')
    EXECUTE FUNCTION catalogue_draft_by_right();
