"""What the desk asks: one case for an officer, and how much there is of everything."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from accounts import policies as rights
from applications import policies
from applications.models import Application
from applications.queries import handing, interests
from applications.queries.queues import Filter, Shown, found, listed
from applications.queries.reaching import Reach
from applications.queries.tallying import Waiting, waiting
from applications.states import Status

COUNT_MAX = 200
"""
Up to here is counted what time alone makes true, such as being late; the rest is exact.

Each of these is looked at for every page, and the more cases there are, the more of them: a
thousand would be most of what the page costs. The head of an office is told the whole of it.
"""
TO_SIGN_MAX = 200
"""The papers of one sitting, as many as one order may name."""


@dataclass(frozen=True)
class Counts:
    """How much there is of everything; what depends on time is at most COUNT_MAX + 1."""

    waiting: Waiting
    away: int
    elsewhere: int
    late: int
    escalated: int
    to_sign: int
    done: int


def at_desk(
    number: str, *, account_id: int, person_id: int | None, at: datetime
) -> Application | None:
    """
    Return the case if this officer may see it, else None.

    She may where a grant to decide, sign or supervise covers its service in its office's area, it
    has been paid, and she has no interest in it.
    """
    case = before_an_office(number, account_id=account_id, person_id=person_id)
    if case is None:
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
        for act in policies.AT_DESK
    )
    return case if seen else None


def before_an_office(number: str, *, account_id: int, person_id: int | None) -> Application | None:
    """
    Return a case that lies before an office, in which she has no interest.

    Whoever is kept out of deciding it, as helper, family or by her own word, does not read it
    either, under whichever account.
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
    return None if interests.is_kept_out(case.pk, account_id) else case


def counts(reach: Reach, *, at: datetime) -> Counts:
    """Return the counts of every list. A fixed number of queries, whatever the backlog."""
    few = _few(
        away=handing.away(reach),
        elsewhere=found(reach, Filter(Shown.ELSEWHERE), at=at),
        late=found(reach, Filter(Shown.LATE), at=at),
        escalated=found(reach, Filter(Shown.ESCALATED), at=at),
        to_sign=_to_sign(reach, at=at),
        done=found(reach, Filter(Shown.DONE), at=at),
    )
    return Counts(waiting=waiting(reach), **few)


def away(reach: Reach, wanted: Filter) -> list[Application]:
    """Return what is on its way from her offices and fits a filter, at most 100."""
    cases = handing.away(reach)
    if wanted.service_code:
        cases = cases.filter(service_code=wanted.service_code)
    if wanted.office_id is not None:
        cases = cases.filter(deciding_office_id=wanted.office_id)
    if wanted.officer_id or wanted.status not in {"", Status.IN_QUEUE}:
        return []  # In nobody's hands, and queued for wherever it arrives.
    return list(listed(cases).order_by("pk")[: handing.LISTED_MAX])


def to_sign(reach: Reach, *, at: datetime) -> list[Application]:
    """Return the cases whose papers wait for this officer's order to sign, the oldest first."""
    return list(listed(_to_sign(reach, at=at)).order_by("pk")[:TO_SIGN_MAX])


def being_signed(account_id: int, *, at: datetime) -> int:
    """Return how many papers she has ordered signed that are not signed yet."""
    return _awaiting(account_id).filter(signing_until__gt=at).count()


def _awaiting(account_id: int) -> QuerySet[Application]:
    return Application.objects.filter(officer_id=account_id, status=Status.AWAITING_SIGNATURE)


def _to_sign(reach: Reach, *, at: datetime) -> QuerySet[Application]:
    hers = _awaiting(reach.account_id).filter(reach.covered)
    return hers.filter(Q(signing_until=None) | Q(signing_until__lte=at))


def _few(**lists: QuerySet[Application]) -> dict[str, int]:
    """Return how many each list holds, at most COUNT_MAX + 1; with one query."""
    parts: list[str] = []
    values: list[Any] = []
    for cases in lists.values():
        try:
            sql, given = cases.order_by().values("pk")[: COUNT_MAX + 1].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
        else:
            parts.append(f"(SELECT count(*) FROM ({sql}) few)")  # noqa: S608
            values += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(lists, cursor.fetchone(), strict=True))
