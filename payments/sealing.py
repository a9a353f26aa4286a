"""
The seal of a day: SHA-256 over its journals, written one way. Standard library alone.

PostgreSQL makes the same seal when a day is signed (`payments_seal_of_day`), and `verifying` makes
it again from an auditor's pack. The text is UTF-8 with "\\n" after each line and tabs between the
fields of an entry; journals by id, lines by number:

    guichet-close 1
    day 2026-11-23
    previous <the seal of the day before, or ->
    journal  <id>  <kind>  <subject>  <occurred_at, UTC, microseconds>  <id it reverses, or ->
    line     <number>  <account code>  <currency>  <amount in minor units, debit positive>
"""

import hashlib
from datetime import UTC, datetime

VERSION = 1


class Seal:
    """A seal in the making: journals and their lines go in, in their order."""

    def __init__(self, *, day: str, previous: str) -> None:
        """
        :param day: "2026-11-23"
        :param previous: the seal of the day before in hex, "" for the first day
        """
        head = f"guichet-close {VERSION}\nday {day}\nprevious {previous or '-'}\n"
        self._hash = hashlib.sha256(head.encode())

    def journal(self, *fields: str) -> None:
        """:param fields: id, kind, subject, when it occurred (`instant`), whose reversal or "-"."""
        self._hash.update(("\t".join(("journal", *fields)) + "\n").encode())

    def line(self, *fields: str) -> None:
        """:param fields: number, account code, currency, amount in minor units."""
        self._hash.update(("\t".join(("line", *fields)) + "\n").encode())

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def instant(moment: datetime) -> str:
    """Return a moment as the seal writes it: "2026-11-23T10:00:00.000000Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
