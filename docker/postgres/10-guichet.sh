#!/bin/sh
# First start of the database container: the logins, their rights, the extensions. Safe to repeat:
#   docker compose exec -u postgres postgres sh /docker-entrypoint-initdb.d/10-guichet.sh
# No login keeps a password: certificates open the database (pg_hba.conf).
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
  -v roles="${ROLES_SQL:-/guichet/roles.sql}" <<'SQL'
SELECT set_config('guichet.owner_password', '', false),
       set_config('guichet.app_password', '', false) \gset ignored_
\i :roles
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_wire') THEN
        CREATE ROLE guichet_wire LOGIN;
    END IF;
END
$$;
-- Has the server read a renewed certificate, and can do nothing else.
ALTER ROLE guichet_wire NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD NULL;
\connect postgres
GRANT EXECUTE ON FUNCTION pg_reload_conf() TO guichet_wire;
ALTER ROLE CURRENT_USER PASSWORD NULL;
SQL
