"""The ledger's sums are brought up to what is posted."""

from datetime import datetime

from django.db import connection


def roll_up(now: datetime) -> None:
    """
    Add to the kept sums what was posted since the last time, as far as nobody can add to it still.

    Sums are exact whenever this runs (`queries.board` adds the rest); it keeps the rest short.
    Books that were restored from a dump are summed anew.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT payments_roll_up(%s)", [now])
