"""Two logins for one database: the owner migrates, the application runs."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

ROLES_SQL = Path(__file__).with_name("roles.sql")


@dataclass(frozen=True, kw_only=True)
class Logins:
    """Addresses of one database, `postgresql://...`: `app` runs the product, `owner` migrates."""

    app: str
    owner: str


def database_url(*, user: str, password: str, host: str, port: int, database: str) -> str:
    """An address of a database; the password must be safe in a URL (`secrets.token_hex`)."""
    return f"postgresql://{user}:{password}@{host}:{port}/{database}"


def provision(
    superuser_dsn: str, *, owner_password: str, app_password: str, database: str = "guichet"
) -> Logins:
    """Create the database, its two logins, their rights and the extensions; safe to repeat.

    Both passwords are set anew each time, so that what the caller keeps is what the server knows.
    """
    with psycopg.connect(superuser_dsn, autocommit=True, connect_timeout=5) as connection:
        known = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [database]
        ).fetchone()
        if not known:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(database)
                )
            )
        info = connection.info
        host, port = info.host, info.port
    parts = {**conninfo_to_dict(superuser_dsn), "dbname": database}
    with psycopg.connect(**parts, connect_timeout=5) as connection:  # type: ignore[arg-type]
        connection.execute(
            "SELECT set_config('guichet.owner_password', %s, false),"
            " set_config('guichet.app_password', %s, false)",
            [owner_password, app_password],
        )
        connection.execute(ROLES_SQL.read_bytes())
    return Logins(
        app=database_url(
            user="guichet_app", password=app_password, host=host, port=port, database=database
        ),
        owner=database_url(
            user="guichet_owner", password=owner_password, host=host, port=port, database=database
        ),
    )
