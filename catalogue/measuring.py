"""How long services really took: what is told to the catalogue from above, and what it tells."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from catalogue.models.measuring import CASES_LEAST, MeasuredTime

_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Measured:
    """
    What the cases of one service took that ended in a month, in working days.

    Half of the `cases` took `median` at most, nine of ten `ninth_decile`; both are None for fewer
    than CASES_LEAST: too few to tell.
    """

    cases: int
    median: Decimal | None
    ninth_decile: Decimal | None

    @classmethod
    def of(cls, seconds: Sequence[int], *, day_seconds: int) -> "Measured":
        """
        Sum up what each case took, in seconds of working time.

        :param day_seconds: the length of a working day
        """
        if len(seconds) < CASES_LEAST:
            return cls(len(seconds), None, None)
        ordered = sorted(seconds)
        return cls(
            len(ordered),
            _days(_within(ordered, Fraction(1, 2)), day_seconds),
            _days(_within(ordered, Fraction(9, 10)), day_seconds),
        )


@dataclass(frozen=True)
class ToldTime:
    """What a page tells of a service: the newest month that was measured, by its first day."""

    month: date
    cases: int
    median: Decimal | None
    ninth_decile: Decimal | None

    @property
    def too_few(self) -> bool:
        return self.median is None


def told(service_codes: Collection[str] | None = None) -> dict[str, ToldTime]:
    """Return the newest measured month of each service, or of these, by code. One query."""
    found = MeasuredTime.objects.order_by("service_id", "-month").distinct("service_id")
    if service_codes is not None:
        found = found.filter(service__code__in=service_codes)
    rows = found.values_list(
        "service__code", "month", "cases", "median_working_days", "ninth_decile"
    )
    return {
        code: ToldTime(month, cases, median, ninth) for code, month, cases, median, ninth in rows
    }


def _within(ordered: Sequence[int], share: Fraction) -> int:
    """Return the least time within which at least this share of the cases ended."""
    return ordered[-(-len(ordered) * share.numerator // share.denominator) - 1]


def _days(seconds: int, day_seconds: int) -> Decimal:
    return (Decimal(seconds) / day_seconds).quantize(_TENTH, ROUND_HALF_UP)
