-- Roles, rights and extensions of one Guichet database. Idempotent; run by a superuser inside it,
-- by config/stack/roles.py and by the PostgreSQL container's first start.
-- In:  settings guichet.owner_password and guichet.app_password (set_config beforehand).
-- Out: guichet_owner migrates; guichet_app runs the product through the group guichet_application.
DO $$
DECLARE
    login text;
BEGIN
    -- Roles belong to the cluster: two databases prepared at once would race for them.
    PERFORM pg_advisory_xact_lock(7162534);
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_application') THEN
        CREATE ROLE guichet_application NOLOGIN;
    END IF;
    FOREACH login IN ARRAY ARRAY['guichet_owner', 'guichet_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', login);
        END IF;
    END LOOP;
    EXECUTE format('ALTER ROLE guichet_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %L',
                   current_setting('guichet.owner_password'));
    EXECUTE format('ALTER ROLE guichet_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %L',
                   current_setting('guichet.app_password'));
    -- A transaction that somebody leaves open holds the sealing of the trace up for all.
    ALTER ROLE guichet_app SET idle_in_transaction_session_timeout = '2min';
    GRANT guichet_application TO guichet_app;
    EXECUTE format('ALTER DATABASE %I OWNER TO guichet_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO guichet_application', current_database());
END
$$;

-- "trusted" extensions would belong to whoever makes them: made here, no login of ours can alter them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS citext;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO guichet_application;
GRANT USAGE, CREATE ON SCHEMA public TO guichet_owner;

-- Append-only tables take UPDATE and DELETE away again in their own migrations.
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO guichet_application;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO guichet_application;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_owner IN SCHEMA public
    GRANT EXECUTE ON FUNCTIONS TO guichet_application;
