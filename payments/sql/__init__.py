"""
The statements of the posting engine, one file each; the headers say what goes in and out.

They run on the Django connection with parameters bound by the server, so that PostgreSQL plans
a statement of the poster once and not for every batch.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

_FOLDER = Path(__file__).resolve().parent
# A plan made for five hundred rows is a bad plan for a hundred thousand.
PREPARED_ROWS_MAX = 1000
_PARAMETER = re.compile(rb"%\((\w+)\)s")


def run(name: str, *, rows: int = 0, **values: Any) -> list[tuple[Any, ...]]:
    """
    Run one statement and return its rows.

    :param rows: how many rows go in, where that varies
    :raises psycopg.Error: as PostgreSQL says it
    """
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(text(name), values, prepare=rows <= PREPARED_ROWS_MAX)
        return cursor.fetchall()


def without_scans() -> None:
    """
    Plan without scans until this transaction ends.

    A session keeps its plans, those of foreign keys too: made while a table was empty, a scan is
    kept while it fills, and each row costs as much as all before it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


@cache
def text(name: str) -> bytes:
    # Sent as PostgreSQL holds them: written as text, an array of times costs twenty times as much.
    return _PARAMETER.sub(rb"%(\1)b", (_FOLDER / f"{name}.sql").read_bytes())
