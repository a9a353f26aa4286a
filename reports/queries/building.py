"""Reports as tables, each by what was asked and by whom."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from django.utils import formats, translation
from django.utils.translation import gettext

from payments.queries import reporting
from reports import words
from reports.asking import Asked, By, Kind
from reports.periods import Period
from reports.queries import revenue
from reports.queries.naming import Names
from reports.queries.reaching import Reach
from reports.tables import Cell, Column, Row, Shape, Table, totals

# What is read at once is bounded; the rest is made in the background.
JOINED_MAX = 20_000
SUMMED_MAX = 200_000


class NotWithinReach(Exception):
    """Her grants do not cover this report."""


def reads(asked: Asked, reach: Reach) -> tuple[int, int]:
    """Return how many entries of the ledger the report reads, counted to one more than at once."""
    joined = asked.kind is Kind.LINES or revenue.needs_cases(asked, reach)
    at_once = JOINED_MAX if joined else SUMMED_MAX
    if asked.kind not in {Kind.REVENUE, Kind.LINES}:
        return 0, at_once  # Suspense, refunds and charges are a hundredth of what comes in.
    first = asked.period.first if asked.kind is Kind.LINES else asked.period.before().first
    return reporting.entries(first, asked.period.last, at_most=at_once + 1), at_once


def build(asked: Asked, reach: Reach, *, seen: Callable[[int], None] = lambda _: None) -> Table:
    """
    Return the report in the language asked for.

    :param seen: told of entries as they are read
    :raises NotWithinReach: if her grants do not cover it
    """
    if not reach.permits(asked.kind):
        raise NotWithinReach(asked.kind)
    with translation.override(asked.language):
        table = _MAKERS[asked.kind](asked, reach, seen)
        return _titled(table, asked, reach)


def lines(
    asked: Asked, reach: Reach, *, seen: Callable[[int], None] = lambda _: None
) -> tuple[list[str], Iterator[list[object]]]:
    """
    Return the header and the rows of a file of every entry; the rows are read as they are taken.

    :raises NotWithinReach: if her grants do not cover it
    """
    if not reach.permits(asked.kind):
        raise NotWithinReach(asked.kind)
    with translation.override(asked.language):
        header = [
            gettext("Business day"), gettext("Channel"), gettext("Agency"),
            gettext("Revenue code"), gettext("Service"), gettext("Area code"),
            gettext("Reference"), gettext("Amount"), "amount_minor", "currency",
        ]  # fmt: skip
    return header, revenue.entries(asked, reach, seen)


def _titled(table: Table, asked: Asked, reach: Reach) -> Table:
    return Table(
        **{
            **{name: getattr(table, name) for name in table.__dataclass_fields__},
            "title": words.title(asked.kind, asked.by),
            "subtitle": _days(asked.period),
            "notes": (*table.notes, *_limits(reach)),
        }
    )


def _limits(reach: Reach) -> list[str]:
    if reach.country:
        return []
    return [gettext("It holds what your rights cover, and not the whole country.")]


def _days(period: Period) -> str:
    first, last = (formats.date_format(day, "j F Y") for day in (period.first, period.last))
    return first if first == last else f"{first} – {last}"  # noqa: RUF001


def _suspense(asked: Asked, _reach: Reach, _seen: Callable[[int], None]) -> Table:
    names = Names(asked.language)
    found = reporting.suspense(asked.period.last, ages=words.AGES)
    labels: Mapping[By, Callable[[reporting.Suspended], tuple[object, str]]] = {
        By.AGE: lambda one: (one.age, str(words.AGES_TOLD[one.age])),
        By.REASON: lambda one: (0, str(words.REASONS.get(one.reason, one.reason))),
        By.CHANNEL: lambda one: (0, names.rail(one.rail_id)),
    }
    sums: dict[tuple[str, tuple[object, str]], list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        group = sums[one.currency, labels[asked.by](one)]
        group[0] += one.collections
        group[1] += one.amount_minor
    columns = (
        Column(asked.by, str(words.WAYS[asked.by])),
        Column("items", gettext("Payments"), Shape.COUNT),
        Column("amount", gettext("Amount"), Shape.MONEY),
    )
    note = gettext(
        "What stood in suspense at the end of the last day of the period, by the ledger; "
        "its age runs from the business day on which it came."
    )
    return _summed(columns, sums, note=note)


def _refunds(asked: Asked, _reach: Reach, _seen: Callable[[int], None]) -> Table:
    names = Names(asked.language)
    states = list(words.STATES)
    sums: dict[tuple[str, tuple[object, str]], list[int]] = defaultdict(lambda: [0, 0])
    for one in reporting.refunds(asked.period.first, asked.period.last):
        by_state = (states.index(one.state), str(words.STATES[one.state]))
        label = by_state if asked.by is By.STATE else (0, names.rail(one.rail_id))
        group = sums[one.currency, label]
        group[0] += one.refunds
        group[1] += one.amount_minor
    columns = (
        Column(asked.by, str(words.WAYS[asked.by])),
        Column("refunds", gettext("Refunds"), Shape.COUNT),
        Column("amount", gettext("Amount"), Shape.MONEY),
    )
    note = gettext("Refunds that were proposed or asked for in the period, in their state of now.")
    return _summed(columns, sums, note=note)


def _fees(asked: Asked, _reach: Reach, _seen: Callable[[int], None]) -> Table:
    names = Names(asked.language)
    sums: dict[tuple[str, tuple[object, str]], list[int]] = {}
    for one in reporting.charges(asked.period.first, asked.period.last):
        cells = [one.charges, one.kept_minor, one.tariff_minor]
        cells += [one.known_minor - one.tariff_minor, one.unknown]
        sums[one.currency, (-one.kept_minor, names.rail(one.rail_id))] = cells
    columns = (
        Column(asked.by, str(words.WAYS[asked.by])),
        Column("charges", gettext("Charges"), Shape.COUNT),
        Column("kept", gettext("Kept"), Shape.MONEY),
        Column("tariff", gettext("By the tariff"), Shape.MONEY),
        Column("difference", gettext("Difference"), Shape.MONEY),
        Column("unknown", gettext("Without a tariff"), Shape.COUNT),
    )
    note = gettext(
        "What networks and banks kept, on the ledger's business day, beside what their tariff says "
        "of the same payments. The difference leaves out charges of which the tariff says nothing."
    )
    return _summed(columns, sums, note=note, charted="kept")


def _summed(
    columns: tuple[Column, ...],
    sums: Mapping[tuple[str, tuple[object, str]], list[int]],
    *,
    note: str,
    charted: str = "amount",
) -> Table:
    ordered = sorted(sums.items(), key=lambda item: (item[0][0], str(item[0][1][0]), item[0][1][1]))
    rows = []
    for (currency, (_, label)), cells in ordered:
        told: tuple[Cell, ...] = (label, *cells)
        rows.append(Row(currency, told))
    return Table(
        title="",
        subtitle="",
        columns=columns,
        rows=tuple(rows),
        totals=totals(columns, rows, label=gettext("Total")),
        notes=(note,),
        charted=charted,
    )


_MAKERS: Mapping[Kind, Callable[[Asked, Reach, Callable[[int], None]], Table]] = {
    Kind.REVENUE: revenue.revenue,
    Kind.SUSPENSE: _suspense,
    Kind.REFUNDS: _refunds,
    Kind.FEES: _fees,
}
