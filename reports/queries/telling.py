"""How the rows of revenue are called and sorted, and what is said below them."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils import formats
from django.utils.translation import get_language, gettext

from kernel.money import Money
from reports import words
from reports.asking import Asked, By
from reports.periods import Unit
from reports.queries.naming import Names
from reports.tables import Column, Shape


@dataclass
class Sum:
    """What is added up for one row; `laws` is what each law took off its fees."""

    received_minor: int = 0
    taken_back_minor: int = 0
    before_minor: int = 0
    fees: int = 0
    laws: Counter[str] = field(default_factory=Counter)

    @property
    def net_minor(self) -> int:
        return self.received_minor - self.taken_back_minor


def columns(asked: Asked) -> tuple[Column, ...]:
    """Return what stands beside each row's name; what laws took off stands with services alone."""
    always = (
        Column(asked.by, told(asked)),
        Column("received", gettext("Received"), Shape.MONEY),
        Column("taken_back", gettext("Taken back"), Shape.MONEY),
        Column("revenue", gettext("Revenue"), Shape.MONEY),
        Column("before", gettext("Period before"), Shape.MONEY),
        Column("change", gettext("Change"), Shape.CHANGE),
        Column("fees", gettext("Fees paid"), Shape.COUNT),
    )
    if asked.by is not By.SERVICE:
        return always
    return (
        *always,
        Column("waived", gettext("Waived"), Shape.MONEY),
        Column("law", gettext("Waived by")),
    )


def labels(asked: Asked, keys: set[str], names: Names) -> dict[str, str]:
    """Return what the rows are called, by their keys."""
    match asked.by:
        case By.AGENCY:
            return {key: names.beneficiary(key) for key in keys}
        case By.SERVICE:
            return {key: names.service(key) or gettext("No case") for key in keys}
        case By.AREA:
            known = names.areas(keys)
            return {key: known.get(key, key) or gettext("The whole country") for key in keys}
        case By.CHANNEL:
            return {key: names.rail(int(key)) for key in keys}
    steps = asked.period.steps()
    shape = "j F" if asked.period.steps_by is Unit.DAY else "F Y"
    return {key: formats.date_format(steps[int(key)], shape) for key in keys}


def order(
    asked: Asked, called: dict[str, str]
) -> Callable[[tuple[tuple[str, str], Sum]], tuple[object, ...]]:
    """Return by what rows are sorted: the course of time, or the most revenue first."""
    if asked.by is By.PERIOD:
        return lambda item: (item[0][1], int(item[0][0]))
    return lambda item: (item[0][1], -item[1].net_minor, called[item[0][0]])


def told(asked: Asked) -> str:
    """Return what the column of the rows' names is called."""
    if asked.by is By.PERIOD:
        return gettext("Day") if asked.period.steps_by is Unit.DAY else gettext("Month")
    return str(words.WAYS[asked.by])


def laws(one: Sum) -> str:
    """Return the laws that took something off the fees of a row."""
    return "; ".join(sorted(law for law, minor in one.laws.items() if minor))


def waived_notes(sums: Mapping[tuple[str, str], Sum]) -> list[str]:
    """Say what is counted as waived, and how much by which law."""
    by_law: Counter[tuple[str, str]] = Counter()
    for (_key, currency), one in sums.items():
        for law, minor in one.laws.items():
            by_law[law, currency] += minor
    by_each = [
        gettext("Waived by %(law)s: %(amount)s")
        % {"law": law, "amount": Money(minor, currency).format(get_language() or "en")}
        for (law, currency), minor in sorted(by_law.items())
        if minor
    ]
    note = gettext(
        "Waived is what laws took off the fees that were paid, and off cases sent in that paid "
        "nothing. It is no revenue, and stands beside it."
    )
    return [note, *by_each]


def area_below(path: str, within: str) -> str | None:
    """Return the area one level inside `within`, on the way to the office's own."""
    codes = path.split("/") if path else []
    if not within:
        return codes[0] if codes else ""
    if within not in codes:
        return None
    return codes[min(codes.index(within) + 1, len(codes) - 1)]
