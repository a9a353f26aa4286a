"""The trigger functions that every app's rules use."""

from django.db import migrations

from kernel import sql

# Each names its search path: a temporary table of the same name must not stand in for ours.
FUNCTIONS = """
CREATE FUNCTION kernel_append_only() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- TG_ARGV: the lifecycle's name, the column that holds the status.
CREATE FUNCTION kernel_guard_status() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    from_status text := to_jsonb(OLD) ->> TG_ARGV[1];
    to_status text := to_jsonb(NEW) ->> TG_ARGV[1];
BEGIN
    IF NOT EXISTS (
        SELECT FROM kernel_lifecycle_edge e
        WHERE e.lifecycle = TG_ARGV[0] AND e.source = from_status AND e.target = to_status
    ) THEN
        RAISE EXCEPTION '%: no edge from % to %', TG_ARGV[0], from_status, to_status
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0] || '_edge';
    END IF;
    RETURN NEW;
END $$;

-- By statement, not by row: the posting engine moves five hundred bills with one.
CREATE FUNCTION kernel_keep_history() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        EXECUTE format(
            'INSERT INTO kernel_status_history (lifecycle, subject_id, target)'
            ' SELECT %L, id, %I FROM new_rows ORDER BY id', TG_ARGV[0], TG_ARGV[1]);
    ELSE
        EXECUTE format(
            'INSERT INTO kernel_status_history (lifecycle, subject_id, source, target)'
            ' SELECT %1$L, n.id, o.%2$I, n.%2$I FROM new_rows n JOIN old_rows o USING (id)'
            ' WHERE n.%2$I IS DISTINCT FROM o.%2$I ORDER BY n.id', TG_ARGV[0], TG_ARGV[1]);
    END IF;
    RETURN NULL;
END $$;
"""

DROP = """
DROP FUNCTION kernel_keep_history();
DROP FUNCTION kernel_guard_status();
DROP FUNCTION kernel_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        sql.run(
            sql.append_only("kernel_audit_entry"), sql.append_only_reverse("kernel_audit_entry")
        ),
        sql.run(
            sql.append_only("kernel_status_history"),
            sql.append_only_reverse("kernel_status_history"),
        ),
        # What was told stays told: the relay may only say that it has passed it on.
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE ON kernel_event FROM {sql.APPLICATION_ROLE};"
            f"GRANT UPDATE (relayed_at, parked_at) ON kernel_event TO {sql.APPLICATION_ROLE};",
            f"GRANT UPDATE, DELETE ON kernel_event TO {sql.APPLICATION_ROLE};",
        ),
        # The application reads the edges and never changes them.
        migrations.RunSQL(
            f"REVOKE INSERT, UPDATE, DELETE ON kernel_lifecycle_edge FROM {sql.APPLICATION_ROLE};",
            f"GRANT INSERT, UPDATE, DELETE ON kernel_lifecycle_edge TO {sql.APPLICATION_ROLE};",
        ),
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE ON kernel_stored_file FROM {sql.APPLICATION_ROLE};",
            f"GRANT UPDATE, DELETE ON kernel_stored_file TO {sql.APPLICATION_ROLE};",
        ),
    ]
