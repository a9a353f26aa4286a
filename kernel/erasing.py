"""
What keeps a person's data from being erased, and what an erasure leaves: as each app declares it.

Both are declared when an app is ready, as acts are: the pages of accounts, which know no case and
no bill, ask here what speaks against an erasure. `workers.errands.erasing` carries one out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

TOMBSTONE = "-"
"""What stands in the place of words that had to be there; PostgreSQL takes nothing longer."""

Keeps = Callable[[int, datetime], set[str]]
"""Return the codes of what keeps this person's data at this moment."""


@dataclass(frozen=True)
class Reason:
    """Why a person's data are kept for now, in words for her."""

    code: str
    words: str | Promise


@dataclass(frozen=True)
class Remains:
    """What stays of a person after an erasure, and why."""

    code: str
    name: str | Promise
    why: str | Promise


class Kept(Exception):
    """Something keeps the data of this person for now; `reasons` say what."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons


class DeclaredTwice(Exception):
    """Two apps declare a reason, or what remains, under one code."""


_reasons: dict[str, Reason] = {}
_keepers: list[Keeps] = []
_remains: dict[str, Remains] = {}


def declare(*reasons: Reason, keeps: Keeps) -> None:
    """:raises DeclaredTwice: if a code is taken"""
    for each in reasons:
        if _reasons.get(each.code, each) != each:
            raise DeclaredTwice(each.code)
        _reasons[each.code] = each
    _keepers.append(keeps)


def declare_remains(*remains: Remains) -> None:
    """:raises DeclaredTwice: if a code is taken"""
    for each in remains:
        if _remains.get(each.code, each) != each:
            raise DeclaredTwice(each.code)
        _remains[each.code] = each


def kept_by(person_id: int, *, at: datetime) -> list[Reason]:
    """Return what keeps her data now, in the order of the codes; nothing if nothing does."""
    codes = {code for keeps in _keepers for code in keeps(person_id, at)}
    return [_reasons[code] for code in sorted(codes)]


def require_free(person_id: int, *, at: datetime) -> None:
    """:raises Kept: if anything keeps her data"""
    if reasons := kept_by(person_id, at=at):
        raise Kept(reasons)


def told(codes: list[str]) -> list[Reason]:
    """Return the reasons of these codes; one that no app declares any more is its own words."""
    return [_reasons.get(code, Reason(code, code)) for code in codes]


def remains() -> list[Remains]:
    """Return what stays of whoever is erased."""
    return [_remains[code] for code in sorted(_remains)]
