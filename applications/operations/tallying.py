"""What is kept of how many cases wait is put together, so that reading it stays cheap."""

from django.db import connection


def roll_up() -> None:
    """Put the moves since the last time together; the sums are exact whenever this runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT applications_roll_up_tally()")
