"""The rows of a day, streamed: a page in memory at a time, however many they are."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from kernel import exports
from payments import sql


def of_day(name: str, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield what a statement of `payments/sql` that asks for a day alone finds."""
    # A cursor of the server's takes its parameters as text.
    statement = sql.text(name).decode().replace("%(day)b", "%(day)s")
    return exports.stream(statement, {"day": day})
