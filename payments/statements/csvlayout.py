"""
CSV by a declared layout: which column is what, and which words say what a row is.

A country pack declares its networks' exports as YAML of this shape; the M-Pesa organisation
portal's comes with the house (`layouts/mpesa-org.yaml`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from .amounts import exponent
from .base import CannotRead

_HOUSE = Path(__file__).parent / "layouts"
# Their full-width forms too, which some spreadsheets take for the same.
_NOTHING = r"(?!)"
_WORDS = ("totals", "charge", "sweep", "reversal", "reference_inside")
_MEANINGS = frozenset(
    {"id", "moment", "details", "status", "amount", "money_in", "money_out", "balance", "type"}
    | {"original_id", "reference"}
)


class BadLayout(Exception):
    """A layout is not declared as `Layout` says."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """
    How one network or bank writes its CSV.

    `columns` gives for each meaning the headings it goes by: id, moment, details, status,
    amount (signed) or money_in and money_out (the sign of money_out does not matter), balance,
    type, original_id, reference. The words are regular expressions, tried without regard to case:
    `charge`, `sweep` and `reversal` on details and on type, `totals` on any cell,
    `reference_inside` (group "reference") within details. Without a status column all rows are
    booked.
    """

    name: str
    currency: str
    zone: str
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    date_forms: tuple[str, ...]
    decimal_mark: str = "."
    thousands_mark: str = ","
    booked_words: frozenset[str] = frozenset()
    unbooked_words: frozenset[str] = frozenset()
    account_labels: tuple[str, ...] = ()
    totals: str = _NOTHING
    charge: str = _NOTHING
    sweep: str = _NOTHING
    reversal: str = _NOTHING
    reference_inside: str = _NOTHING
    _words: dict[str, re.Pattern[str]] = field(default_factory=dict, repr=False, compare=False)

    def says(self, what: str, text: str) -> re.Match[str] | None:
        """Look for the layout's words for a charge, a sweep, a reversal, totals, a reference."""
        if what not in self._words:
            self._words[what] = re.compile(getattr(self, what), re.IGNORECASE)
        return self._words[what].search(text)

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def places(self, header: list[str]) -> dict[str, int] | None:
        """Return where each meaning stands in a header, or None when it is another's header."""
        headings = [plain(cell) for cell in header]
        found = {
            meaning: headings.index(name)
            for meaning, names in self.columns.items()
            for name in names
            if name in headings
        }
        return found if all(meaning in found for meaning in self.required) else None


def from_mapping(declared: Mapping[str, Any]) -> Layout:
    """:raises BadLayout: if a name is unknown, a value is missing or an expression is broken"""
    known = {each.name for each in fields(Layout) if not each.name.startswith("_")}
    if strange := declared.keys() - known:
        raise BadLayout(f"unknown: {', '.join(sorted(map(str, strange)))}")
    try:
        made = Layout(
            **{
                **declared,
                "columns": {
                    meaning: tuple(plain(name) for name in names)
                    for meaning, names in declared["columns"].items()
                },
                "required": tuple(declared["required"]),
                "date_forms": tuple(declared["date_forms"]),
                "booked_words": _words(declared.get("booked_words", ())),
                "unbooked_words": _words(declared.get("unbooked_words", ())),
                "account_labels": tuple(plain(e) for e in declared.get("account_labels", ())),
            }
        )
        if wrong := _wrong(made):
            raise BadLayout(wrong)
    except (KeyError, TypeError, AttributeError, ValueError, OSError, re.error) as broken:
        raise BadLayout(f"not a layout: {broken}") from broken
    except CannotRead as unknown:
        raise BadLayout(str(unknown)) from None
    return made


def _wrong(made: Layout) -> str | None:
    exponent(made.currency)
    _ = made.tzinfo
    for what in _WORDS:
        made.says(what, "")
    if made.columns.keys() - _MEANINGS or set(made.required) - made.columns.keys():
        return "a column of no known meaning, or a required one that is not declared"
    if not {"id", "moment"} <= set(made.required) or not {"amount", "money_in"} & set(
        made.required
    ):
        return "id, moment and amount (or money_in) are required of every layout"
    if made.reference_inside != _NOTHING and "(?P<reference>" not in made.reference_inside:
        return "reference_inside has no group called reference"
    return None


@cache
def house() -> tuple[Layout, ...]:
    """Return the layouts that come with the house."""
    return tuple(
        from_mapping(yaml.safe_load(path.read_text("utf-8"))) for path in sorted(_HOUSE.iterdir())
    )


def plain(cell: str) -> str:
    """Return a heading or a word as it is compared: without case, edges and doubled blanks."""
    return " ".join(cell.split()).casefold()


def _words(declared: Any) -> frozenset[str]:
    return frozenset(plain(word) for word in declared)
