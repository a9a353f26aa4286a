"""The lists of the desk: what each holds of an officer's reach, in which order, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from applications.models import Application
from applications.queries import clocks, handing
from applications.queries.reaching import Reach
from applications.states import IN_HAND, ON_DESK, Status
from kernel.country import country
from places import queries as places

PAGE_SIZE = 25

_KEY_TIME = "%Y%m%dT%H%M%S%f"
_ID_DIGITS_MAX = 18


class Shown(StrEnum):
    """The lists of the desk."""

    MINE = "mine"
    OFFICE = "office"
    UNASSIGNED = "unassigned"
    CITIZEN = "citizen"
    ELSEWHERE = "elsewhere"
    LATE = "late"
    ESCALATED = "escalated"
    DONE = "done"


class Sort(StrEnum):
    URGENT = "urgent"
    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True)
class Filter:
    """
    Which cases an officer wants to see, within her reach; what she does not name is not narrowed.

    `officer_id` 0 asks for the cases that nobody has.
    """

    shown: Shown = Shown.MINE
    sort: Sort = Sort.URGENT
    service_code: str = ""
    officer_id: int | None = None
    status: str = ""
    office_id: int | None = None


@dataclass(frozen=True)
class Page:
    """Some cases, and the key that leads to the next ones; "" where there are none."""

    cases: list[Application]
    after: str


@dataclass(frozen=True)
class Order:
    """A total order with an index behind it: by a moment and then the id, or by the id alone."""

    moment: str
    falling: bool = False

    @property
    def fields(self) -> list[str]:
        sign = "-" if self.falling else ""
        return [f"{sign}{name}" for name in (self.moment, "pk") if name]

    def later_than(self, cases: QuerySet[Application], after: str) -> QuerySet[Application]:
        """Return those behind the key; one that somebody has made up leads to the first page."""
        moment_text, _dash, last_id = after.rpartition("-")
        if not (last_id.isascii() and last_id.isdigit() and len(last_id) <= _ID_DIGITS_MAX):
            return cases
        op = "lt" if self.falling else "gt"
        behind = Q(**{f"pk__{op}": int(last_id)})
        if not self.moment:
            return cases.filter(behind)
        try:
            moment = datetime.strptime(moment_text, _KEY_TIME).replace(tzinfo=UTC)
        except ValueError:
            return cases
        return cases.filter(**{f"{self.moment}__{op}e": moment}).filter(
            Q(**{f"{self.moment}__{op}": moment}) | behind
        )

    def key(self, case: Application) -> str:
        if not self.moment:
            return f"-{case.pk}"
        moment: datetime = getattr(case, self.moment)
        return f"{moment.astimezone(UTC).strftime(_KEY_TIME)}-{case.pk}"


_ORDERS = {
    Sort.URGENT: Order("queue_at"),
    Sort.OLDEST: Order(""),
    Sort.NEWEST: Order("", falling=True),
}
_LATEST_DECIDED = Order("decided_at", falling=True)


@dataclass(frozen=True)
class Rule:
    """
    What a list holds of a reach, beside what is covered.

    :param office: the field by whose office the list is cut, which leads its index
    """

    holds: Callable[[Reach, datetime], Q]
    office: str = "deciding_office"
    is_elsewhere: bool = False  # It lies outside the reach, and came in within it.
    order: Order | None = None  # Where the list has its own, whatever the reader sorts by.


def _late(_reach: Reach, at: datetime) -> Q:
    # Where there is a promise `queue_at` is it, and leads the index.
    return Q(status__in=ON_DESK, queue_at__lt=at, promised_at__lt=at)


def _done(_reach: Reach, at: datetime) -> Q:
    here = at.astimezone(country().zone)
    return Q(decided_at__gte=here.replace(hour=0, minute=0, second=0, microsecond=0))


RULES: dict[Shown, Rule] = {
    Shown.MINE: Rule(lambda reach, _: Q(status__in=IN_HAND, officer_id=reach.account_id)),
    Shown.OFFICE: Rule(lambda _, __: Q(status__in=ON_DESK) & handing.lies_here()),
    Shown.UNASSIGNED: Rule(
        lambda _, __: Q(status__in=ON_DESK, officer_id=None) & handing.lies_here()
    ),
    Shown.CITIZEN: Rule(lambda _, __: Q(status=Status.AWAITING_COMPLETION)),
    Shown.ELSEWHERE: Rule(
        lambda _, __: Q(status__in=ON_DESK), office="receiving_office", is_elsewhere=True
    ),
    Shown.LATE: Rule(_late),
    Shown.ESCALATED: Rule(lambda _, __: clocks.escalated()),
    Shown.DONE: Rule(_done, order=_LATEST_DECIDED),
}


def page(reach: Reach, wanted: Filter, *, at: datetime, after: str = "") -> Page:
    """
    Return a page of a list, in the order that is wanted, beginning after a key.

    What lies with other offices is no case of hers to open: their list must show no person.
    """
    order = order_of(wanted)
    rows = _ahead(reach, wanted, order, after, at=at)
    more = order.key(rows[PAGE_SIZE - 1]) if len(rows) > PAGE_SIZE else ""
    return Page(rows[:PAGE_SIZE], more)


def order_of(wanted: Filter) -> Order:
    return RULES[wanted.shown].order or _ORDERS[wanted.sort]


def found(reach: Reach, wanted: Filter, *, at: datetime) -> QuerySet[Application]:
    """Return all that a list holds, unordered."""
    rule = RULES[wanted.shown]
    cases = Application.objects.filter(rule.holds(reach, at))
    cases = cases.filter(_elsewhere(reach) if rule.is_elsewhere else reach.covered)
    if wanted.service_code:
        cases = cases.filter(service_code=wanted.service_code)
    if wanted.officer_id is not None:
        cases = cases.filter(officer_id=wanted.officer_id or None)
    if wanted.status:
        cases = cases.filter(status=wanted.status)
    return cases


def listed(cases: QuerySet[Application]) -> QuerySet[Application]:
    # What a list does not show is not read, let alone decrypted.
    return cases.select_related("holder", "officer", "deciding_office").defer(
        "holder__national_id", "private_answers", "answers"
    )


def _ahead(
    reach: Reach, wanted: Filter, order: Order, after: str, *, at: datetime
) -> list[Application]:
    """Return the cases of a page and one more, which says that the list goes on."""
    cases = order.later_than(found(reach, wanted, at=at), after).order_by(*order.fields)
    office = f"{RULES[wanted.shown].office}_id"
    offices = _offices(reach, wanted)
    if wanted.office_id is not None:
        cases = cases.filter(**{f"{office}__in": offices})
    # Where one index has them in this order. Of the country every list has one (sql/routed.sql),
    # but for what lies outside it: nothing does.
    of_country = reach.office_ids is None and wanted.shown != Shown.ELSEWHERE
    if wanted.shown == Shown.MINE or of_country or len(offices) < 2:
        return list(listed(cases)[: PAGE_SIZE + 1])
    ids = _merged(cases, office, offices, order)
    read = {case.pk: case for case in listed(Application.objects.filter(pk__in=ids))}
    return [read[pk] for pk in ids if pk in read]


def _offices(reach: Reach, wanted: Filter) -> list[int]:
    reached = places.office_paths().keys() if reach.office_ids is None else reach.office_ids
    if wanted.office_id is not None:
        return [wanted.office_id] if wanted.office_id in reached else []
    return sorted(reached)


def _merged(
    cases: QuerySet[Application], office: str, office_ids: list[int], order: Order
) -> list[int]:
    """
    Return the first ids of many offices together, having read a page of each and no more.

    One index holds an office's cases in order, and none holds those of several: sorting all of a
    district's would cost more with every case that waits.
    """
    columns = [name for name in (order.moment, "id") if name]
    # The rest of the statement is the ORM's own, and this names a column of the one around it.
    here = RawSQL("place.id", [])
    part = cases.filter(**{office: here}).values_list(*columns)[: PAGE_SIZE + 1]
    try:
        sql, parameters = part.query.sql_with_params()
    except EmptyResultSet:
        return []
    sort = ", ".join(f"c.{name}{' DESC' if order.falling else ''}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM unnest(%s::bigint[]) place (id)"  # noqa: S608
            f" CROSS JOIN LATERAL ({sql}) c ORDER BY {sort} LIMIT {PAGE_SIZE + 1}",
            [office_ids, *parameters],
        )
        return [int(pk) for (pk,) in cursor.fetchall()]


def _elsewhere(reach: Reach) -> Q:
    """What came in at her offices and lies outside her reach."""
    other = Q(receiving_office_id__lt=F("deciding_office_id")) | Q(
        receiving_office_id__gt=F("deciding_office_id")
    )  # Said as the index `case_elsewhere` says it.
    return reach.received & other & ~reach.within & ~reach.interest
