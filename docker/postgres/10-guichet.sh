#!/bin/sh
# First start of the database container: the two logins, their rights, the extensions.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
  -v roles="${ROLES_SQL:-/guichet/roles.sql}" \
  -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" <<'SQL'
SELECT set_config('guichet.owner_password', :'owner', false),
       set_config('guichet.app_password', :'app', false) \gset ignored_
\i :roles
SQL
