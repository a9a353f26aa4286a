"""What an agency's finance may ask: its own revenue, today and this month. Never another's."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from payments.queries import remittances
from payments.queries.remittances import DayLine, FeeLine


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts in minor units."""

    payments: int = 0
    gross_minor: int = 0
    taken_back_minor: int = 0

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.taken_back_minor

    def plus(self, line: FeeLine) -> "Sums":
        return Sums(
            self.payments + line.payments,
            self.gross_minor + line.gross_minor,
            self.taken_back_minor + line.taken_back_minor,
        )


@dataclass(frozen=True)
class Revenue:
    """Of one currency."""

    currency: str
    today: Sums
    month: Sums
    by_day: list[tuple[date, Sums]]  # The newest first; days without money are left out.
    by_fee: list[FeeLine] = field(default_factory=list)  # Of the month.


def revenue(*, beneficiary_code: str, today: date, month_began_at: datetime) -> list[Revenue]:
    """Return what a beneficiary was paid today and this month, by currency; one query."""
    rows = remittances.revenue(
        beneficiary_code=beneficiary_code,
        from_day=today.replace(day=1),
        to_day=today,
        from_at=month_began_at,
    )
    by_currency: defaultdict[str, list[DayLine]] = defaultdict(list)
    for row in rows:
        by_currency[row.currency].append(row)
    return [_of(currency, found, today) for currency, found in sorted(by_currency.items())]


def _of(currency: str, rows: list[DayLine], today: date) -> Revenue:
    days: dict[date, Sums] = {}
    month = Sums()
    fees: dict[tuple[str, str, str], FeeLine] = {}
    for row in rows:
        days[row.day] = days.get(row.day, Sums()).plus(row.line)
        month = month.plus(row.line)
        key = (row.line.revenue_code, repr(sorted(row.line.names.items())), row.line.legal_source)
        before = fees.get(key)
        fees[key] = _joined(before, row.line) if before else row.line
    return Revenue(
        currency=currency,
        today=days.get(today, Sums()),
        month=month,
        by_day=sorted(days.items(), reverse=True),
        by_fee=[fees[key] for key in sorted(fees)],
    )


def _joined(one: FeeLine, other: FeeLine) -> FeeLine:
    return FeeLine(
        revenue_code=one.revenue_code,
        names=one.names,
        legal_source=one.legal_source,
        payments=one.payments + other.payments,
        taken_back=one.taken_back + other.taken_back,
        gross_minor=one.gross_minor + other.gross_minor,
        taken_back_minor=one.taken_back_minor + other.taken_back_minor,
    )
