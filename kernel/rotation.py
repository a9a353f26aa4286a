"""
Sealing anew, under the newest key, what older keys sealed.

As the owner and with the triggers of one table off for one batch: rows that are append-only, and
answers that change in the applicant's turn alone, say the same afterwards as before. Each batch is
a transaction of its own and goes on after the last row of the one before, so that every row is
read once, and writers wait for no longer than it takes to write some hundred rows. What it has
done it finds done: it can be broken off and repeated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from django.apps import apps
from psycopg import sql

from kernel import crypto
from kernel.crypto import EncryptedTextField

BATCH = 500
# A table in use is waited for so long, and the next batch tries again.
LOCK_PATIENCE = "2s"


@dataclass(frozen=True)
class Column:
    """A column that holds ciphertexts, and to what they are bound."""

    table: str
    key: str
    name: str
    place: str


def columns() -> list[Column]:
    """Return every sealed column of the house, in one order."""
    found = [
        Column(meta.db_table, str(meta.pk.column), str(field.column), field.place)
        for meta in (model._meta for model in apps.get_models())  # noqa: SLF001
        for field in meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    return sorted(found, key=lambda each: (each.table, each.name))


def old(owner: psycopg.Connection, column: Column) -> int:
    """Return how many rows are not sealed as the newest key and form would."""
    found = owner.execute(
        _query("SELECT count(*) FROM {table} WHERE {old}", column), [crypto.newest_header()]
    ).fetchone()
    return int(found[0]) if found else 0


def rotate(owner: psycopg.Connection, column: Column) -> Iterator[int]:
    """
    Seal the column's old rows anew, and yield how many after each batch.

    It goes twice from the first row to the last: the second time finds only what a process with
    the older key has written meanwhile behind the row that was reached.

    :raises kernel.crypto.CannotDecrypt: at a row that no key in force reads; it stays as it is
    """
    for _time in range(2):
        after: Any = None
        while keys := _next(owner, column, after):
            after = keys[-1]
            with owner.transaction():
                owner.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(LOCK_PATIENCE))
                owner.execute(_query("ALTER TABLE {table} DISABLE TRIGGER USER", column))
                done = _batch(owner, column, keys)
                owner.execute(_query("ALTER TABLE {table} ENABLE TRIGGER USER", column))
            yield done


def _next(owner: psycopg.Connection, column: Column, after: Any) -> list[Any]:
    """Return the keys of the next old rows: read without a lock, before the table is held."""
    query = "SELECT {key} FROM {table} WHERE {old}"
    more = "" if after is None else " AND {key} > %s"
    rows = owner.execute(
        _query(f"{query}{more} ORDER BY {{key}} LIMIT {{limit}}", column),
        [crypto.newest_header(), *([] if after is None else [after])],
    )
    return [row[0] for row in rows.fetchall()]


def _batch(owner: psycopg.Connection, column: Column, keys: list[Any]) -> int:
    rows = owner.execute(
        _query("SELECT {key}, {name} FROM {table} WHERE {key} = ANY(%s) AND {old} FOR UPDATE",
               column),
        [keys, crypto.newest_header()],
    ).fetchall()  # fmt: skip
    anew = [
        (crypto.encrypt(crypto.decrypt(bytes(sealed), place=column.place), place=column.place), key)
        for key, sealed in rows
    ]
    with owner.cursor() as cursor:
        cursor.executemany(_query("UPDATE {table} SET {name} = %s WHERE {key} = %s", column), anew)
    return len(anew)


def _query(words: str, column: Column) -> sql.Composed:
    return sql.SQL(words).format(
        table=sql.Identifier(column.table),
        key=sql.Identifier(column.key),
        name=sql.Identifier(column.name),
        old=sql.SQL("substring({} FROM 1 FOR 5) <> %s").format(sql.Identifier(column.name)),
        limit=sql.Literal(BATCH),
    )
