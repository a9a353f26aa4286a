"""A published version never changes: every answer is read with the version it was given under."""

from django.db import migrations

FROZEN = """
CREATE FUNCTION catalogue_version_frozen() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'version % of service % is published: % refused',
        OLD.number, OLD.service_id, TG_OP
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'published_version_frozen';
END $$;

CREATE TRIGGER catalogue_version_frozen BEFORE UPDATE OR DELETE ON catalogue_serviceversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION catalogue_version_frozen();
"""

THAWED = """
DROP TRIGGER catalogue_version_frozen ON catalogue_serviceversion;
DROP FUNCTION catalogue_version_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunSQL(FROZEN, THAWED)]
