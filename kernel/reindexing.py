"""
Blind indexes under a new key, while the house runs and is searched.

The new index of every sealed value is worked out in batches into a table of its own, as the owner
of the database: that can be broken off, and goes on where it was. Then all columns change in one
transaction, and with them the row that says which key makes indexes (`kernel.crypto.blind_index`
reads it): at no moment do two forms of one number stand in the database, so that what is found by
it, what is unique by it and what is compared by it in SQL stays right. An index without a sealed
value beside it (whom an entry concerns) follows by the old one. Where no sealed value of the number
stands anywhere, whoever told it is asked anew.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import psycopg
from django.apps import apps
from django.conf import settings
from django.db.models import Model
from psycopg import sql

from kernel import crypto

BATCH = 2000
# Whoever waits for the columns while they change waits so long; then it is tried again.
SWAP_PATIENCE = "500ms"


class NothingToMove(Exception):
    """No NEXT_INDEX_KEY is set, or indexes are made by it already."""


@dataclass(frozen=True)
class Sealed:
    """
    A sealed field, and of which kind the value in it is (`crypto.blind_index`).

    `kind_field` names a field beside it that says the kind. `many` is set where the field holds a
    JSON list: it makes of each what is indexed, "" for none.
    """

    model: str
    field: str
    kind: str = ""
    kind_field: str = ""
    many: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Indexed:
    """
    A column that holds blind indexes.

    `asked_by` names the time, as model and field, at which their source is asked anew: for those
    whose number nobody here keeps.
    """

    model: str
    field: str
    asked_by: tuple[str, str] | None = None


_sealed: list[Sealed] = []
_indexed: list[Indexed] = []


def declare(*sealed: Sealed, indexed: tuple[Indexed, ...]) -> None:
    """Make the columns known; declaring one again changes nothing."""
    _sealed.extend(one for one in sealed if one not in _sealed)
    _indexed.extend(one for one in indexed if one not in _indexed)


def indexed() -> list[Indexed]:
    return list(_indexed)


def is_wanted(owner: psycopg.Connection) -> bool:
    """Say whether indexes are still made by INDEX_KEY although NEXT_INDEX_KEY is set."""
    if not settings.NEXT_INDEX_KEY:
        return False
    found = owner.execute("SELECT name FROM kernel_index_key").fetchone()
    return found is None or bytes(found[0]) != crypto.key_name(settings.NEXT_INDEX_KEY)


def work_out(owner: psycopg.Connection) -> Iterator[tuple[str, int]]:
    """
    Work out new indexes from where it was left; yield each column's name with how many, by batch.

    :raises NothingToMove: see there
    :raises kernel.crypto.CannotDecrypt: at a row that no key in force reads
    """
    if not is_wanted(owner):
        raise NothingToMove
    for one in _sealed:
        while rows := _batch(owner, one):
            yield f"{one.model}.{one.field}", rows


def swap(owner: psycopg.Connection) -> int:
    """
    Change every index to its new one, and the key that makes them; return how many changed.

    :raises psycopg.errors.LockNotAvailable: if somebody is at the rows too long: try again
    """
    tables = sorted({_meta(one.model).db_table for one in _indexed})
    with owner.transaction():
        owner.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(SWAP_PATIENCE))
        owner.execute("SELECT pg_advisory_xact_lock(%s)", [crypto.INDEX_LOCK])
        for table in tables:
            owner.execute(_on_table("ALTER TABLE {} DISABLE TRIGGER USER", table))
        # What was written since it was read: nobody writes any more.
        for one in _sealed:
            while _batch(owner, one):
                pass
            _missed(owner, one)
        changed = sum(_change(owner, one) for one in _indexed)
        for model, field in {one.asked_by for one in _indexed if one.asked_by}:
            meta = _meta(model)
            again = sql.SQL("UPDATE {} SET {} = now()")
            owner.execute(again.format(sql.Identifier(meta.db_table), _column(meta, field)))
        for table in tables:
            owner.execute(_on_table("ALTER TABLE {} ENABLE TRIGGER USER", table))
        owner.execute(
            "INSERT INTO kernel_index_key (name) VALUES (%s)"
            " ON CONFLICT (single) DO UPDATE SET name = excluded.name",
            [crypto.key_name(settings.NEXT_INDEX_KEY)],
        )
        # Together old and new lead from one to the other.
        owner.execute("TRUNCATE kernel_new_index, kernel_index_progress")
    return changed


def _batch(owner: psycopg.Connection, one: Sealed) -> int:
    """Read on after the last row; what was found and how far it went are kept together."""
    place = f"{one.model}.{one.field}"
    with owner.transaction():
        found = owner.execute(
            "SELECT last_key FROM kernel_index_progress WHERE place = %s", [place]
        ).fetchone()
        rows = _rows(owner, one, after=found[0] if found else 0)
        if not rows:
            return 0
        _keep(owner, one, rows)
        owner.execute(
            "INSERT INTO kernel_index_progress (place, last_key) VALUES (%s, %s)"
            " ON CONFLICT (place) DO UPDATE SET last_key = excluded.last_key",
            [place, rows[-1][0]],
        )
    return len(rows)


def _missed(owner: psycopg.Connection, one: Sealed) -> None:
    """Read what has an index that nothing new is known for: it changed after it was read."""
    beside = next((each for each in _indexed if each.model == one.model), None)
    if beside is None:
        return
    meta = _meta(one.model)
    rows = owner.execute(
        sql.SQL(
            "SELECT t.{key}, t.{name}, {kind} FROM {table} t WHERE t.{index} IS NOT NULL"
            " AND NOT EXISTS (SELECT FROM kernel_new_index m WHERE m.old = t.{index})"
        ).format(**_names(one), index=_column(meta, beside.field))
    ).fetchall()
    _keep(owner, one, rows)


def _rows(owner: psycopg.Connection, one: Sealed, *, after: int) -> list[tuple[int, bytes, str]]:
    query = sql.SQL(
        "SELECT t.{key}, t.{name}, {kind} FROM {table} t WHERE t.{key} > %s"
        " AND t.{name} IS NOT NULL ORDER BY t.{key} LIMIT {limit}"
    ).format(**_names(one), limit=sql.Literal(BATCH))
    return owner.execute(query, [after]).fetchall()


def _keep(owner: psycopg.Connection, one: Sealed, rows: list[tuple[int, bytes, str]]) -> None:
    place = _meta(one.model).get_field(one.field).place
    pairs = {}
    for _, sealed, told in rows:
        value = crypto.decrypt(bytes(sealed), place=place)
        values = [value] if one.many is None else map(one.many, json.loads(value))
        for each in filter(None, values):
            kind = told or one.kind
            made = partial(crypto.index_under, kind=kind, value=each)
            pairs[made(settings.INDEX_KEY)] = made(settings.NEXT_INDEX_KEY)
    with owner.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO kernel_new_index (old, new) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            list(pairs.items()),
        )


def _change(owner: psycopg.Connection, one: Indexed) -> int:
    meta = _meta(one.model)
    done = owner.execute(
        sql.SQL(
            "UPDATE {table} t SET {column} = m.new FROM kernel_new_index m WHERE t.{column} = m.old"
        ).format(table=sql.Identifier(meta.db_table), column=_column(meta, one.field))
    )
    return done.rowcount


def _names(one: Sealed) -> dict[str, sql.Composable]:
    meta = _meta(one.model)
    kind = (
        sql.SQL("t.{}").format(_column(meta, one.kind_field)) if one.kind_field else sql.SQL("''")
    )
    return {
        "table": sql.Identifier(meta.db_table),
        "key": sql.Identifier(str(meta.pk.column)),
        "name": _column(meta, one.field),
        "kind": kind,
    }


def _column(meta, field: str) -> sql.Identifier:  # type: ignore[no-untyped-def]
    return sql.Identifier(str(meta.get_field(field).column))


def _meta(label: str):  # type: ignore[no-untyped-def]
    model: type[Model] = apps.get_model(label)
    return model._meta  # noqa: SLF001 - a model's table and columns stand nowhere else.


def _on_table(words: str, table: str) -> sql.Composed:
    return sql.SQL(words).format(sql.Identifier(table))
