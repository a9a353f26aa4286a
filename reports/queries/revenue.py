"""
Revenue: what bills took of collections, less what was taken back, by the ledger's business day.

Payments know the money, applications the service and the office: they meet here, some thousand
rows at a time.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext

from applications.queries import reporting as cases
from kernel.money import Money
from payments.queries import reporting
from reports.asking import Asked, By
from reports.periods import Period, Unit
from reports.queries import telling
from reports.queries.naming import Names
from reports.queries.reaching import Reach
from reports.queries.telling import Sum
from reports.tables import Row, Table, change, totals

CHUNK = 2_000
NO_CASE = cases.CaseFacts("", None)

Seen = Callable[[int], None]
T = TypeVar("T", reporting.Allocated, reporting.Line)


def needs_cases(asked: Asked, reach: Reach) -> bool:
    """Say whether money must be told apart case by case, which reads a row for each."""
    return asked.by in {By.SERVICE, By.AREA, By.LINE} or bool(reach.scopes)


def revenue(asked: Asked, reach: Reach, seen: Seen) -> Table:
    names = Names(asked.language)
    sums: dict[tuple[str, str], Sum] = {}
    for period, is_now in ((asked.period, True), (asked.period.before(), False)):
        steps = {step: place for place, step in enumerate(period.steps())}
        for row, facts in _allocated(period, asked, reach, names, seen):
            key = _key(asked, row, facts, names, steps)
            if key is None:
                continue
            found = sums.setdefault((key, row.currency), Sum())
            if is_now:
                found.received_minor += row.received_minor
                found.taken_back_minor += row.taken_back_minor
                found.fees += row.fees
                for law, waived_minor in zip(row.laws, row.waived_minor, strict=True):
                    found.laws[law] += waived_minor
            else:
                found.before_minor += row.received_minor - row.taken_back_minor
    if asked.by is By.SERVICE:
        _add_waived(asked.period, reach, sums)
    return _table(asked, sums, names)


def _add_waived(period: Period, reach: Reach, sums: dict[tuple[str, str], Sum]) -> None:
    """Add what laws took off altogether: nothing was paid for it, and no bill tells of it."""
    for row in cases.waived(period.first, period.last):
        if reach.covers(
            service_code=row.service_code,
            office_id=row.office_id,
            beneficiary_code=row.beneficiary_code,
        ):
            found = sums.setdefault((row.service_code, row.currency), Sum())
            found.laws[row.law] += row.waived_minor


def entries(asked: Asked, reach: Reach, seen: Seen) -> Iterator[list[object]]:
    """Yield each entry of the ledger as `building.lines` names its cells."""
    names = Names(asked.language)
    found = reporting.lines(
        asked.period.first, asked.period.last, beneficiary_ids=_only(reach, names)
    )
    for line, facts in _with_cases(found, reach, names, seen):
        code = names.beneficiary_codes[line.beneficiary_id]
        yield [
            line.day,
            names.rail(line.rail_id),
            names.beneficiary(code),
            line.revenue_code,
            names.service(facts.service_code),
            names.office_paths.get(facts.office_id or 0, "").rpartition("/")[2],
            line.reference,
            Money(line.amount_minor, line.currency),
            line.amount_minor,
            line.currency,
        ]


def _allocated(
    period: Period, asked: Asked, reach: Reach, names: Names, seen: Seen
) -> Iterator[tuple[reporting.Allocated, cases.CaseFacts]]:
    by_owner = needs_cases(asked, reach)
    rows = reporting.allocated(
        period.first,
        period.last,
        unit=period.steps_by if asked.by is By.PERIOD else Unit.YEAR,
        by_owner=by_owner,
        beneficiary_ids=_only(reach, names),
    )
    if by_owner:
        yield from _with_cases(rows, reach, names, seen)
        return
    for row in rows:
        seen(row.entries)
        yield row, NO_CASE


def _with_cases(
    rows: Iterator[T], reach: Reach, names: Names, seen: Seen
) -> Iterator[tuple[T, cases.CaseFacts]]:
    for some in _chunks(rows):
        facts = cases.facts({row.owner for row in some})
        seen(sum(row.entries if isinstance(row, reporting.Allocated) else 1 for row in some))
        for row in some:
            of_case = facts.get(row.owner, NO_CASE)
            if reach.covers(
                service_code=of_case.service_code,
                office_id=of_case.office_id,
                beneficiary_code=names.beneficiary_codes[row.beneficiary_id],
            ):
                yield row, of_case


def _only(reach: Reach, names: Names) -> list[int] | None:
    """Return the beneficiaries that the database may keep to; None where others count too."""
    if not reach.of_beneficiaries_alone:
        return None
    return [pk for pk, code in names.beneficiary_codes.items() if code in reach.beneficiary_codes]


def _key(
    asked: Asked,
    row: reporting.Allocated,
    facts: cases.CaseFacts,
    names: Names,
    steps: dict[date, int],
) -> str | None:
    """Return which row of the report it belongs to; None for none, outside the area asked for."""
    match asked.by:
        case By.AGENCY:
            return names.beneficiary_codes[row.beneficiary_id]
        case By.SERVICE:
            return facts.service_code
        case By.AREA:
            return telling.area_below(
                names.office_paths.get(facts.office_id or 0, ""), asked.within
            )
        case By.CHANNEL:
            return str(row.rail_id)
        case _:
            # The first day of the month may lie before the period.
            return str(steps[row.begins])


def _table(asked: Asked, sums: dict[tuple[str, str], Sum], names: Names) -> Table:
    columns, tells_waived = telling.columns(asked), asked.by is By.SERVICE
    if asked.by is By.PERIOD:
        _fill_steps(asked.period, sums)
    labels = telling.labels(asked, {key for key, _ in sums}, names)
    ordered = sorted(sums.items(), key=telling.order(asked, labels))
    rows = tuple(
        Row(
            currency,
            (
                labels[key],
                one.received_minor,
                one.taken_back_minor,
                one.net_minor,
                one.before_minor,
                change(one.net_minor, one.before_minor),
                one.fees,
                *((sum(one.laws.values()), telling.laws(one)) if tells_waived else ()),
            ),
            within=key if asked.by is By.AREA and key != asked.within else "",
        )
        for (key, currency), one in ordered
    )
    whole = tuple(
        Row(
            row.currency,
            (
                *row.cells[:5],
                change(_int(row.cells[3]), _int(row.cells[4])),
                *row.cells[6:8],
                # What is no sum stays empty.
                *("" for _ in row.cells[8:]),
            ),
        )
        for row in totals(columns, rows, label=gettext("Total"))
    )
    return Table(
        title="",
        subtitle="",
        columns=columns,
        rows=rows,
        totals=whole,
        notes=(
            gettext(
                "Revenue is what bills took of the money received, less what was given or taken "
                "back, on the ledger's business day."
            ),
            *(telling.waived_notes(sums) if tells_waived else ()),
        ),
        charted="revenue",
        compared="before",
        is_course=asked.by is By.PERIOD,
    )


def _fill_steps(period: Period, sums: dict[tuple[str, str], Sum]) -> None:
    """A day without money is a day too, and the period before may have had more days."""
    count = len(period.steps())
    for currency in {currency for _, currency in sums}:
        for place in range(count):
            sums.setdefault((str(place), currency), Sum())
    for key, currency in [pair for pair in sums if int(pair[0]) >= count]:
        late = sums.pop((key, currency))
        sums[str(count - 1), currency].before_minor += late.before_minor


def _chunks(rows: Iterator[T]) -> Iterator[Sequence[T]]:
    chunk: list[T] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _int(cell: object) -> int:
    return cell if isinstance(cell, int) else 0
