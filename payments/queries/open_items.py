"""
The queue of what stands in suspense, by pages; what is to be decided about it; one of it in full.

Nothing here sums history or counts without a bound: `payments_open_item` is kept by PostgreSQL.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from payments.models import Match, OpenItem, Rail, Refund, Release
from payments.queries.exactness import Exact, exact
from payments.states import RefundState

PAGE_MAX = 50
EXACT_MAX = 100
# How many items one page of exact ones looks through before it says "look further".
LOOK_MAX = 500
# Beyond this many, how many exactly is no news.
COUNT_MAX = 10_000
EXPORT_MAX = 200_000
_PIECE = 1_000

AGES: dict[str, tuple[timedelta | None, timedelta | None]] = {
    # Name: at least this old, younger than this.
    "day": (None, timedelta(days=1)),
    "week": (timedelta(days=1), timedelta(days=7)),
    "month": (timedelta(days=7), timedelta(days=30)),
    "year": (timedelta(days=30), timedelta(days=365)),
    "older": (timedelta(days=365), None),
}
STATES = ("free", "asked", "held", "mine", "unclaimed")
ORDERS = ("oldest", "largest")
_EPOCH, _TICK = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_DIGITS_MAX = 17  # As many as both a bigint and a year below 9999 hold.
_WANTED_BACK = (RefundState.REQUESTED, RefundState.AWAITING_FUNDS)
_MATCHES = Match.objects.filter(movement=OuterRef("movement_id"), decided_at=None)
_RELEASES = Release.objects.filter(movement=OuterRef("movement_id"), decided_at=None)
_REFUNDS = Refund.objects.filter(movement=OuterRef("movement_id"), state__in=_WANTED_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of the queue, in which order; "" is all."""

    rail_code: str = ""
    reason: str = ""
    age: str = ""
    state: str = ""
    least_minor: int | None = None  # Both ends of the range are in it, and are of `currency`.
    most_minor: int | None = None
    currency: str = ""
    order: str = "oldest"
    after: str = ""  # The mark of the last row of the page before.
    by_id: int = 0  # Who looks: for "mine".


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of one currency, and how much together."""

    currency: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Page:
    items: list[OpenItem]
    asked: dict[int, set[str]]  # Of a movement: "match", "release", "refund", "proposed".
    after: str  # Of the next page; "" where this is the last.


def page(wanted: Wanted, *, now: datetime) -> Page:
    """Return a page of the queue, with rails and movements; two rows of a moment never hide one."""
    rows = list(_after(queue(wanted, now=now), wanted)[: PAGE_MAX + 1])
    more = len(rows) > PAGE_MAX
    rows = rows[:PAGE_MAX]
    return Page(
        items=rows,
        asked=under_way([row.pk for row in rows]),
        after=mark(rows[-1], wanted.order) if more else "",
    )


def under_way(movement_ids: list[int]) -> dict[int, set[str]]:
    """Return what is asked for of each, and undecided; with three queries."""
    found: dict[int, set[str]] = {}
    of_them = {"movement__in": movement_ids}
    told: list[tuple[int, str]] = []
    for what, rows in (
        ("match", Match.objects.filter(**of_them, decided_at=None)),
        ("release", Release.objects.filter(**of_them, decided_at=None)),
    ):
        told += [(movement_id, what) for movement_id in rows.values_list("movement_id", flat=True)]
    wanted_back = Refund.objects.filter(**of_them, state__in=[*_WANTED_BACK, RefundState.PROPOSED])
    for movement_id, state in wanted_back.values_list("movement_id", "state"):
        told.append((movement_id, "proposed" if state == RefundState.PROPOSED else "refund"))
    for movement_id, what in told:
        found.setdefault(movement_id, set()).add(what)
    return found


def figures(wanted: Wanted, *, now: datetime) -> list[Figure]:
    """Return the figures of the queue by currency, of COUNT_MAX + 1 rows at the most."""
    rows = queue(wanted, now=now).order_by().values("currency", "amount_minor")[: COUNT_MAX + 1]
    text, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency, count(*), sum(amount_minor)::bigint"  # noqa: S608 - of the ORM.
            f" FROM ({text}) bounded GROUP BY currency ORDER BY currency",
            values,
        )
        return [Figure(*row) for row in cursor.fetchall()]


def counts_by_reason() -> dict[str, int]:
    """Return how many stand there for each reason, each at most COUNT_MAX + 1; with one query."""
    # From one reason that is there to the next, so that those that are not cost nothing.
    sql = """
        WITH RECURSIVE present (name) AS (
            SELECT min(item.reason) FROM payments_open_item item
            UNION ALL
            SELECT (SELECT min(item.reason) FROM payments_open_item item
                    WHERE item.reason > present.name)
            FROM present WHERE present.name IS NOT NULL
        )
        SELECT present.name, (
            SELECT count(*) FROM (
                SELECT FROM payments_open_item item WHERE item.reason = present.name LIMIT %s
            ) bounded
        )
        FROM present WHERE present.name IS NOT NULL
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [COUNT_MAX + 1])
        return dict(cursor.fetchall())


def every(wanted: Wanted, *, now: datetime) -> Iterator[OpenItem]:
    """Yield the whole queue in its order, page by page, at most EXPORT_MAX rows: for a file."""
    at = replace(wanted, after="")
    for _ in range(EXPORT_MAX // _PIECE):
        rows = list(_after(queue(at, now=now), at)[:_PIECE])
        yield from rows
        if len(rows) < _PIECE:
            return
        at = replace(at, after=mark(rows[-1], at.order))


@dataclass(frozen=True, slots=True)
class ExactPage:
    found: list[Exact]
    after: str  # Where to look further; "" at the end of the queue.


def exact_page(*, rail_code: str = "", after: str = "", by_id: int, now: datetime) -> ExactPage:
    """Return up to EXACT_MAX exact ones of the queue, oldest first, that nobody holds or asks."""
    wanted = Wanted(rail_code=rail_code, state="free", after=after, by_id=by_id)
    rows = list(_after(queue(wanted, now=now), wanted)[: LOOK_MAX + 1])
    more, rows = len(rows) > LOOK_MAX, rows[:LOOK_MAX]
    found = exact(rows)
    if len(found) > EXACT_MAX:
        found = found[:EXACT_MAX]
        return ExactPage(found, mark(found[-1].item, "oldest"))
    return ExactPage(found, mark(rows[-1], "oldest") if more else "")


def queue(wanted: Wanted, *, now: datetime) -> QuerySet[OpenItem]:
    """Return the queue as it is wanted, with rails and movements."""
    rows = OpenItem.objects.select_related("rail", "movement").all()
    if wanted.rail_code:
        # By its id and not by a join, so that the index of the rail is used.
        rows = rows.filter(rail_id=Rail.objects.filter(code=wanted.rail_code).values("pk")[:1])
    if wanted.reason:
        rows = rows.filter(reason=wanted.reason)
    if wanted.currency:
        rows = rows.filter(currency=wanted.currency)
    if wanted.least_minor is not None:
        rows = rows.filter(amount_minor__gte=wanted.least_minor)
    if wanted.most_minor is not None:
        rows = rows.filter(amount_minor__lte=wanted.most_minor)
    least, below = AGES.get(wanted.age, (None, None))
    if least is not None:
        rows = rows.filter(opened_at__lte=now - least)
    if below is not None:
        rows = rows.filter(opened_at__gt=now - below)
    rows = _in_state(rows, wanted, now=now)
    if wanted.order == "largest":
        return rows.order_by("-amount_minor", "movement_id")
    return rows.order_by("opened_at", "movement_id")


def _in_state(rows: QuerySet[OpenItem], wanted: Wanted, *, now: datetime) -> QuerySet[OpenItem]:
    held = Q(held_until__gt=now)
    asked = Exists(_MATCHES) | Exists(_RELEASES) | Exists(_REFUNDS)
    match wanted.state:
        case "asked":
            return rows.filter(asked)
        case "held":
            return rows.filter(held)
        case "mine":
            return rows.filter(held, held_by_id=wanted.by_id)
        case "unclaimed":
            return rows.filter(unclaimed_since__isnull=False)
        case "free":
            others = Q(held_until__gt=now) & ~Q(held_by_id=wanted.by_id)
            return rows.filter(~asked, Q(held_until__isnull=True) | ~others)
    return rows


def mark(item: OpenItem, order: str) -> str:
    """Return where a row stands in its order, for the address of the page after it."""
    if order == "largest":
        return f"{item.amount_minor}.{item.pk}"
    return f"{(item.opened_at - _EPOCH) // _TICK}.{item.pk}"


def _after(rows: QuerySet[OpenItem], wanted: Wanted) -> QuerySet[OpenItem]:
    first, _, last = wanted.after.partition(".")
    if not (first.isascii() and first.isdigit() and last.isascii() and last.isdigit()):
        return rows
    if max(len(first), len(last)) > _DIGITS_MAX:
        return rows
    if wanted.order == "largest":
        return rows.filter(amount_minor__lte=int(first)).exclude(
            amount_minor=int(first), movement_id__lte=int(last)
        )
    from_at = _EPOCH + int(first) * _TICK
    return rows.filter(opened_at__gte=from_at).exclude(
        opened_at=from_at, movement_id__lte=int(last)
    )
