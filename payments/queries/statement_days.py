"""The posted statements of each account day by day, and the days that none of them covers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from payments.models import Rail, Statement
from payments.states import StatementState

DAYS_SHOWN = 31
# A bank that sends one an hour must not fill the page.
ROWS_MAX = 400
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted statement of an account between two balances."""

    id: int
    file_id: int
    number: str
    from_day: date
    to_day: date
    opening_minor: int
    closing_minor: int
    entries: int


@dataclass(frozen=True, slots=True)
class Uncovered:
    """
    Days, both included, of which no statement tells.

    Within the chain the balances on both sides agree, so nothing moved in them; after its end
    (`is_open`) nobody knows yet.
    """

    from_day: date
    to_day: date
    is_open: bool

    @property
    def days(self) -> int:
        return (self.to_day - self.from_day).days + 1


@dataclass(frozen=True, slots=True)
class AccountDays:
    """One account of a rail; `days` from the newest to the oldest."""

    rail_code: str
    currency: str
    account: str
    days: Sequence[Posted | Uncovered]
    is_cut: bool  # Older statements are there, and not shown.

    @property
    def closing_minor(self) -> int | None:
        return next((one.closing_minor for one in self.days if isinstance(one, Posted)), None)


def by_day(posted: Sequence[Posted], *, until: date) -> list[Posted | Uncovered]:
    """
    Put statements in order, the newest first, with the days between them that none covers.

    :param until: the last day of which a statement could have come by now
    """
    days: list[Posted | Uncovered] = []
    newest_first = sorted(posted, key=lambda one: (one.to_day, one.from_day, one.id), reverse=True)
    covered_from = until + _ONE_DAY
    for one in newest_first:
        if one.to_day + _ONE_DAY < covered_from:
            days.append(Uncovered(one.to_day + _ONE_DAY, covered_from - _ONE_DAY, is_open=not days))
        days.append(one)
        covered_from = min(covered_from, one.from_day)
    return days


def accounts(*, today: date) -> list[AccountDays]:
    """Return every account with a statement of late, and every active rail without one."""
    since = today - timedelta(days=DAYS_SHOWN)
    # Three days more, so that the first gap that is shown has both its ends.
    found = Statement.objects.filter(
        state=StatementState.POSTED,
        is_advice=False,
        from_day__isnull=False,
        to_day__gte=since - timedelta(days=3),
    )
    mine: dict[tuple[int, str], list[Posted]] = defaultdict(list)
    rows = list(found.order_by("-to_day", "-id")[: ROWS_MAX + 1])
    for row in rows[:ROWS_MAX]:
        mine[row.rail_id or 0, row.account].append(_posted(row))
    shown = []
    for rail in Rail.objects.order_by("position", "code"):
        its = [key for key in mine if key[0] == rail.pk]
        if not its and rail.active:
            shown.append(_days(rail, "", [], today, is_cut=False))
        shown += [
            _days(rail, key[1], mine[key], today, is_cut=len(rows) > ROWS_MAX)
            for key in sorted(its)
        ]
    return shown


def _days(
    rail: Rail, account: str, posted: Sequence[Posted], today: date, *, is_cut: bool
) -> AccountDays:
    return AccountDays(
        rail_code=rail.code,
        currency=rail.currency,
        account=account,
        days=by_day(posted, until=today - _ONE_DAY),
        is_cut=is_cut,
    )


def _posted(row: Statement) -> Posted:
    # Neither a day nor a balance is missing: it is posted, and no advice.
    if row.from_day is None or row.to_day is None:
        raise ValueError(row.pk)
    return Posted(
        id=row.pk,
        file_id=row.file_id,
        number=row.number,
        from_day=row.from_day,
        to_day=row.to_day,
        opening_minor=row.opening_minor or 0,
        closing_minor=row.closing_minor or 0,
        entries=row.entries,
    )
