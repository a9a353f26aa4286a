"""
The statements of the posting engine, one file each; the headers say what goes in and out.

They run on the Django connection with parameters bound by the server, so that PostgreSQL plans
a statement of the poster once and not for every batch.
"""

from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

_FOLDER = Path(__file__).resolve().parent
# A plan made for five hundred rows is a bad plan for a hundred thousand.
PREPARED_ROWS_MAX = 1000


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


@cache
def text(name: str) -> bytes:
    return (_FOLDER / f"{name}.sql").read_bytes()
