"""The ledger's sums are brought up to what is posted."""

from datetime import datetime

from django.db import connection


def roll_up(now: datetime) -> int:
    """
    Add to the kept sums what was posted since the last time, as far as nobody can add to it still.

    Sums are exact whenever this runs (`queries.board` adds the rest); it keeps the rest short. At
    once after books were restored from a dump, so that they are summed anew.

    :return: 1; 0 where they are to be summed anew and somebody was writing: call it again
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT payments_roll_up(%s)", [now])
        (rolled,) = cursor.fetchone()
    return int(rolled)
