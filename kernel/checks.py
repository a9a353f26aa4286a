"""System checks of the keys: without one that is in use, what it sealed would be lost to all."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from psycopg import sql

from kernel import crypto, rotation

_THERE = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
)


@register("privacy", Tags.database)
def keys_in_use_are_in_force(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **_later: Any,
) -> list[CheckMessage]:
    """Refuse a FIELD_KEY without the key of a column's oldest or newest row: one look at each."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(_THERE)
            there = set(cursor.fetchall())
            for column in rotation.columns():
                if (column.table, column.name) not in there:
                    continue  # Before its migration there is nothing to read.
                cursor.execute(_ends(column))
                if all(crypto.is_readable(bytes(header)) for (header,) in cursor.fetchall()):
                    continue
                found.append(
                    Error(
                        f"{column.place} is sealed by a key that FIELD_KEY does not name.",
                        hint="Bring the old key back, run rotate_keys, then take it away.",
                        id="kernel.E010",
                    )
                )
    return found


def _ends(column: rotation.Column) -> sql.Composed:
    one = (
        "(SELECT substring({name} FROM 1 FOR 5) FROM {table} WHERE {name} IS NOT NULL"
        " ORDER BY {key}%s LIMIT 1)"
    )
    return sql.SQL(f"{one % ''} UNION ALL {one % ' DESC'}").format(
        name=sql.Identifier(column.name),
        table=sql.Identifier(column.table),
        key=sql.Identifier(column.key),
    )
