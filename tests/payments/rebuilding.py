"""An empty database beside the one of the tests, for books that are made again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.stack import roles


@contextmanager
def empty_database() -> Iterator[str]:
    """Yield its owner's address; the product's logins and extensions are there."""
    cluster = os.environ["GUICHET_TEST_SUPERUSER"]
    name = f"{connection.settings_dict['NAME']}_replay"
    owner = conninfo_to_dict(os.environ["OWNER_DATABASE_URL"])
    template0 = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    parts = {**conninfo_to_dict(cluster), "dbname": name}
    with psycopg.connect(cluster, autocommit=True) as superuser:
        superuser.execute(drop)
        superuser.execute(template0.format(sql.Identifier(name)))
        with psycopg.connect(**parts) as made:
            made.execute(
                "SELECT set_config('guichet.owner_password', %s, false),"
                " set_config('guichet.app_password', %s, false)",
                [owner["password"], conninfo_to_dict(os.environ["DATABASE_URL"])["password"]],
            )
            made.execute(roles.ROLES_SQL.read_bytes())
        try:
            yield make_conninfo(**{**owner, "dbname": name})
        finally:
            superuser.execute(drop)
