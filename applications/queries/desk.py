"""What the desk asks: one case for an officer, and the lists of what waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Q, QuerySet

from accounts import policies as rights
from applications import policies
from applications.models import Application
from applications.queries.reaching import Reach
from applications.states import ON_DESK, Status

PAGE_SIZE = 25
COUNT_MAX = 100

_KEY_TIME = "%Y%m%dT%H%M%S%f"
_ID_DIGITS_MAX = 18


@dataclass(frozen=True)
class Page:
    """Some cases, and the key that leads to the next ones; "" where there are none."""

    cases: list[Application]
    after: str


@dataclass(frozen=True)
class Counts:
    """How many cases wait; counted up to COUNT_MAX, so that no office's backlog costs more."""

    mine: int
    office: int
    unassigned: int
    to_sign: int


def at_desk(
    number: str, *, account_id: int, person_id: int | None, at: datetime
) -> Application | None:
    """
    Return the case if this officer may see it, else None.

    She may where a grant to decide, sign or supervise covers its service in its office's area, it
    has been paid, and she has no interest in it.
    """
    case = (
        Application.objects.select_related("deciding_office__area")
        .exclude(status__in=[Status.DRAFT, Status.AWAITING_PAYMENT, Status.LAPSED])
        .filter(number=number, deciding_office__isnull=False)
        .first()
    )
    if case is None or policies.has_interest(
        account_id=account_id,
        person_id=person_id,
        holder_id=case.holder_id,
        applicant_id=case.account_id,
    ):
        return None
    office = case.deciding_office
    area_code = office.area.code if office and office.area else None
    seen = any(
        rights.may(
            account_id=account_id,
            act=act.code,
            service_code=case.service_code,
            area_code=area_code,
            at=at,
        )
        for act in policies.ACTS
    )
    return case if seen else None


def queue_of_officer(reach: Reach, *, after: str = "") -> Page:
    """Return the cases that are named to the officer and wait for her, the most urgent first."""
    return _page(_queue(reach).filter(officer_id=reach.account_id), after)


def queue_of_reach(reach: Reach, *, after: str = "") -> Page:
    """Return all the cases that her rights cover: her office's, or those of a whole area."""
    return _page(_queue(reach), after)


def unassigned(reach: Reach, *, after: str = "") -> Page:
    """Return the cases among them that no officer could be named for."""
    return _page(_queue(reach).filter(officer=None), after)


def to_sign(reach: Reach, *, at: datetime) -> list[Application]:
    """Return the cases whose papers wait for this officer's order to sign, the oldest first."""
    return list(_listed(_to_sign(reach, at=at)).order_by("pk")[:COUNT_MAX])


def being_signed(account_id: int, *, at: datetime) -> int:
    """Return how many papers she has ordered signed that are not signed yet."""
    return _few(_awaiting(account_id).filter(signing_until__gt=at))


def counts(reach: Reach, *, at: datetime) -> Counts:
    desk = _queue(reach)
    return Counts(
        mine=_few(desk.filter(officer_id=reach.account_id)),
        office=_few(desk),
        unassigned=_few(desk.filter(officer=None)),
        to_sign=_few(_to_sign(reach, at=at)),
    )


def loads(account_ids: Iterable[int]) -> dict[int, int]:
    """Return how many cases are on each officer's desk; those with none are left out."""
    counted = (
        Application.objects.filter(officer_id__in=list(account_ids), status__in=ON_DESK)
        .values_list("officer_id")
        .annotate(Count("pk"))
    )
    return {officer_id: count for officer_id, count in counted if officer_id is not None}


def _queue(reach: Reach) -> QuerySet[Application]:
    return Application.objects.filter(reach.covered, status__in=ON_DESK)


def _awaiting(account_id: int) -> QuerySet[Application]:
    return Application.objects.filter(officer_id=account_id, status=Status.AWAITING_SIGNATURE)


def _to_sign(reach: Reach, *, at: datetime) -> QuerySet[Application]:
    waiting = _awaiting(reach.account_id).filter(reach.covered)
    return waiting.filter(Q(signing_until=None) | Q(signing_until__lte=at))


def _listed(cases: QuerySet[Application]) -> QuerySet[Application]:
    # What a list does not show is not read, let alone decrypted.
    return cases.select_related("holder", "officer", "deciding_office").defer(
        "holder__national_id", "private_answers", "answers"
    )


def _few(cases: QuerySet[Application]) -> int:
    return cases.order_by()[:COUNT_MAX].count()


def _page(cases: QuerySet[Application], after: str) -> Page:
    found = _listed(cases).order_by("queue_at", "pk")
    if key := _read_key(after):
        queue_at, last_id = key
        found = found.filter(queue_at__gte=queue_at).filter(
            Q(queue_at__gt=queue_at) | Q(pk__gt=last_id)
        )
    rows = list(found[: PAGE_SIZE + 1])
    return Page(rows[:PAGE_SIZE], _key(rows[PAGE_SIZE - 1]) if len(rows) > PAGE_SIZE else "")


def _key(case: Application) -> str:
    moment = case.queue_at or case.created_at
    return f"{moment.astimezone(UTC).strftime(_KEY_TIME)}-{case.pk}"


def _read_key(after: str) -> tuple[datetime, int] | None:
    """Read a key back; one that somebody has made up leads to the first page."""
    moment, _dash, last_id = after.partition("-")
    if not (last_id.isascii() and last_id.isdigit() and len(last_id) <= _ID_DIGITS_MAX):
        return None
    try:
        return datetime.strptime(moment, _KEY_TIME).replace(tzinfo=UTC), int(last_id)
    except ValueError:
        return None
