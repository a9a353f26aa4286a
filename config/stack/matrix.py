"""
The matrix of who may open what: every address of the house has a row in tests/security/matrix.csv.

`python -m config.stack.matrix` asks no database: it compares the names of all addresses with the
table, and fails where one has no row or a row names none. What the cells say is played by
`tests/security/test_matrix.py`.
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import django
from django.urls import URLPattern, URLResolver, get_resolver

from config.stack.home import ROOT

TABLE = ROOT / "tests" / "security" / "matrix.csv"
# A table of the database has five pages in the admin, all alike: a row stands for one of the five.
MANY = "*"


def rows(table: Path = TABLE) -> list[dict[str, str]]:
    """Return the table: address, method, and for each role what happens to her."""
    with table.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def addresses() -> dict[str, URLPattern]:
    """Return every address by its name; one without a name goes by its room and its pattern."""
    return dict(_walk(get_resolver().url_patterns, room=""))


def _walk(patterns: Iterable[Any], *, room: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{room}{pattern.namespace}:" if pattern.namespace else room
            yield from _walk(pattern.url_patterns, room=inner)
        else:
            yield f"{room}{pattern.name or pattern.pattern}", pattern


def named(row: str, names: Iterable[str]) -> list[str]:
    """Return the addresses that a row stands for."""
    return [name for name in names if name == row or (MANY in row and fnmatchcase(name, row))]


def differences(table: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return a sentence for each address without a row and each row without an address."""
    held, known = list(table), list(names)
    covered = {name for row in held for name in named(row, known)}
    twice = {row for row in held if held.count(row) > 1}
    return [
        *(f"{name} has no row" for name in known if name not in covered),
        *(f"{row} is no address" for row in held if not named(row, known)),
        *(f"{row} has two rows" for row in sorted(twice)),
    ]


def main() -> int:
    django.setup()
    found = differences((row["address"] for row in rows()), addresses())
    for sentence in found:
        print(f"tests/security/matrix.csv: {sentence}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
