"""What can be asked for, and what was asked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from reports.periods import Period, Unit


class Kind(StrEnum):
    REVENUE = "revenue"
    SUSPENSE = "suspense"
    REFUNDS = "refunds"
    FEES = "fees"
    LINES = "lines"  # Revenue, entry by entry; for files alone.


class By(StrEnum):
    AGENCY = "agency"
    SERVICE = "service"
    AREA = "area"
    CHANNEL = "channel"
    PERIOD = "period"
    AGE = "age"
    REASON = "reason"
    STATE = "state"
    LINE = "line"


# By what each can be told apart; the first is meant where nothing is said.
WAYS: Mapping[Kind, tuple[By, ...]] = {
    Kind.REVENUE: (By.AGENCY, By.SERVICE, By.AREA, By.CHANNEL, By.PERIOD),
    Kind.SUSPENSE: (By.AGE, By.REASON, By.CHANNEL),
    Kind.REFUNDS: (By.STATE, By.CHANNEL),
    Kind.FEES: (By.CHANNEL,),
    Kind.LINES: (By.LINE,),
}

# These know neither area nor agency: only who may see the whole country sees them.
OF_THE_COUNTRY = frozenset({Kind.SUSPENSE, Kind.REFUNDS, Kind.FEES})


class Format(StrEnum):
    PAGE = "page"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


FORMATS: Mapping[Kind, tuple[Format, ...]] = {
    **dict.fromkeys(Kind, tuple(Format)),
    Kind.LINES: (Format.CSV, Format.XLSX),
}


@dataclass(frozen=True)
class Asked:
    """`within` is an area's code: revenue by area then tells the areas in it; "" is the country."""

    kind: Kind
    by: By
    period: Period
    within: str = ""
    language: str = "en"

    def as_dict(self) -> dict[str, str]:
        return {
            "kind": self.kind,
            "by": self.by,
            "unit": self.period.unit,
            "first": self.period.first.isoformat(),
            "last": self.period.last.isoformat(),
            "within": self.within,
            "language": self.language,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Asked":
        first, last = date.fromisoformat(told["first"]), date.fromisoformat(told["last"])
        return cls(
            kind=Kind(told["kind"]),
            by=By(told["by"]),
            period=Period(Unit(told["unit"]), first, last),
            within=told["within"],
            language=told["language"],
        )

    @property
    def name(self) -> str:
        """Return a file's name, such as "revenue-by-agency-2026-11-01-2026-11-30"."""
        return f"{self.kind}-by-{self.by}-{self.period.first}-{self.period.last}"
