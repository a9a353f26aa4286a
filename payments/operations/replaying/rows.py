"""Rows of the database that is filled, as they come from the one that is replayed."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from payments.operations.replaying.facts import Row


def movement(rail_code: str, external_id: str, leg: str) -> int:
    return int(
        one(
            "SELECT m.id FROM payments_movement m JOIN payments_rail r ON r.id = m.rail_id"
            " WHERE r.code = %s AND m.external_id = %s AND m.leg = %s",
            [rail_code, external_id, leg],
        )
    )


def insert(table: str, *rows: Row) -> None:
    run(
        f"INSERT INTO {table}"  # noqa: S608
        f" SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s)",
        [Jsonb(rows)],
    )


def update(table: str, row_id: int, said: Row) -> None:
    assigned = ", ".join(f"{name} = %s" for name in said)
    run(f"UPDATE {table} SET {assigned} WHERE id = %s", [*said.values(), row_id])  # noqa: S608


def run(query: str, values: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)


def one(query: str, values: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return row[0] if row else None
