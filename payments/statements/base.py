"""What a bank's or network's statement says, whatever its format: entries, balances, problems."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from .limits import TEXT_MAX

Kind = Literal["money", "charge", "sweep", "other"]

# What can speak against a statement; one that has any is kept and shown, never posted by itself.
Problem = Literal[
    "balance",  # Opening and booked entries do not make the closing balance.
    "half-balance",  # A day's statement with only one of its two balances: cut, or a page of it.
    "details",  # The details of an entry do not sum to it.
    "running-balance",  # The balance beside the rows jumps.
    "totals",  # The totals under the rows are not theirs.
    "currency",  # An entry or a balance in another currency than the account.
    "status",  # A row whose status the layout does not know.
]


class CannotRead(Exception):
    """
    The file is no statement that we can read.

    `reason` is a short code for tables; the text is one line for people and quotes nothing of the
    file, because a statement is full of names.
    """

    def __init__(self, reason: str, line: str) -> None:
        super().__init__(line)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One movement on the account, in the file's order.

    `amount_minor` is signed: positive is money in for the account, whatever the mark was called.
    `references` may carry our reference (a structured creditor reference first, line wraps
    joined); `bank_ids` may equal a provider's own id of the movement, best first; `payer_ids` were
    chosen by whoever paid, and name nothing by themselves. Nothing is kept
    of who paid. `original_id` is the id of the movement that a reversal undoes, where it is told.
    `details_minor` is what the details sum to in the entry's currency, None without amounts.
    """

    line_no: int
    amount_minor: int
    currency: str
    booked_day: date | None = None
    value_day: date | None = None
    occurred_at: datetime | None = None
    is_reversal: bool = False
    is_booked: bool = True
    references: tuple[str, ...] = ()
    bank_ids: tuple[str, ...] = ()
    payer_ids: tuple[str, ...] = ()
    original_id: str = ""
    kind: Kind = "money"
    code: str = ""
    details_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    What one account did between two balances.

    `format` is "camt.053.001.02", "mt940", "mt942" or "csv:<layout>"; `account` is empty where
    the file does not name it (a CSV export); `told_problems` are those that only the reader saw.
    """

    account: str
    currency: str
    number: str
    from_day: date | None
    to_day: date | None
    opening_minor: int | None
    closing_minor: int | None
    entries: list[Entry]
    format: str
    told_problems: tuple[Problem, ...] = ()

    @property
    def has_balances(self) -> bool:
        return self.opening_minor is not None and self.closing_minor is not None

    @property
    def booked_minor(self) -> int:
        """Return the signed sum of what is booked; pending and failed entries never count."""
        return sum(entry.amount_minor for entry in self.entries if entry.is_booked)

    @property
    def difference_minor(self) -> int | None:
        """Return closing - (opening + booked): what the entries leave unexplained."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return self.closing_minor - self.opening_minor - self.booked_minor

    @property
    def details_agree(self) -> bool:
        return all(entry.details_minor in (None, entry.amount_minor) for entry in self.entries)

    @property
    def problems(self) -> tuple[Problem, ...]:
        found: list[Problem] = list(self.told_problems)
        if self.difference_minor:
            found.append("balance")
        if self._is_half:
            found.append("half-balance")
        if not self.details_agree:
            found.append("details")
        if any(entry.is_booked and entry.currency != self.currency for entry in self.entries):
            found.append("currency")
        return tuple(dict.fromkeys(found))

    @property
    def balances(self) -> bool:
        """Tell whether nothing speaks against the statement; `has_balances` says how much for."""
        return not self.problems

    @property
    def _is_half(self) -> bool:
        # Only a day's statement must carry both; an intraday report or an advice need not.
        is_daily = self.format.startswith(("camt.053", "mt940"))
        return is_daily and (self.opening_minor is None) != (self.closing_minor is None)


def texts(*found: str | None) -> tuple[str, ...]:
    """Return what is there, once each, in order, cut to what we keep."""
    return tuple(dict.fromkeys(text[:TEXT_MAX] for each in found if (text := (each or "").strip())))
