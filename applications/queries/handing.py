"""What is on its way between offices, and where a case's things lie."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import policies as rights
from applications import policies
from applications.models import Application, HandOver
from applications.queries.reaching import Reach, interest_of
from applications.queries.routing import free_supervisors
from applications.states import Handed, Status
from places import queries as places

LISTED_MAX = 100
_STAYS = (Status.DRAFT, Status.AWAITING_PAYMENT, Status.LAPSED, Status.WITHDRAWN)


@dataclass(frozen=True)
class OnTheWay:
    """What comes to the officer's offices, and what left them; at most `LISTED_MAX` of each."""

    incoming: list[HandOver]
    outgoing: list[HandOver]


def may_hand_over(*, account_id: int, at: datetime) -> bool:
    """Say whether the account may send or receive anything anywhere."""
    codes = [act.code for act in policies.HANDING]
    return bool(rights.scopes(account_id=account_id, act_codes=codes, at=at))


def on_the_way(*, account_id: int, person_id: int | None, at: datetime) -> OnTheWay:
    """Return what is on its way to her offices and from them, the longest first."""
    codes = [act.code for act in policies.HANDING]
    scopes = rights.scopes(account_id=account_id, act_codes=codes, at=at)
    offices = places.offices_within({scope.area_code for scope in scopes if scope.area_code})
    incoming = outgoing = Q(pk__in=[])
    for scope in scopes:
        service = {} if scope.service_code == rights.ANY else {"service_code": scope.service_code}
        cases = Q(**{f"application__{name}": code for name, code in service.items()})
        if scope.area_code is None:
            incoming |= cases
            outgoing |= cases
        else:
            there = sorted(offices[scope.area_code])
            incoming |= cases & Q(to_office_id__in=there)
            outgoing |= cases & Q(from_office_id__in=there)
    open_ones = _open().exclude(
        application__in=Application.objects.filter(interest_of(account_id, person_id))
    )
    return OnTheWay(
        list(open_ones.filter(incoming)[:LISTED_MAX]),
        list(open_ones.filter(outgoing)[:LISTED_MAX]),
    )


def at_office(
    number: str, *, account_id: int, person_id: int | None, at: datetime
) -> Application | None:
    """
    Return the case if something of it may be handed over by this officer, else None.

    She may where a right to decide or to receive covers its service at an office that has it, or
    part of it, and she has no interest in it.
    """
    case = (
        Application.objects.select_related("deciding_office", "handing_office")
        .exclude(status__in=_STAYS)
        .filter(number=number, deciding_office__isnull=False)
        .exclude(interest_of(account_id, person_id))
        .first()
    )
    if case is None:
        return None
    here = {where(case, what) for what in Handed}
    return case if any(_may(case, one, account_id, at=at) for one in here) else None


def can_be_handed(case: Application, account_id: int, *, at: datetime) -> list[Handed]:
    """Return what of a case she may hand over now; nothing while something of it is on its way."""
    if open_of(case.pk) is not None:
        return []
    fits = {
        Handed.CASE: case.status in {Status.IN_QUEUE, Status.UNDER_REVIEW},
        Handed.PAPER: case.status == Status.ISSUED,
        Handed.FILE: True,
    }
    return [
        what
        for what, fit in fits.items()
        if fit and _may(case, where(case, what), account_id, at=at)
    ]


def where(case: Application, what: Handed) -> int:
    """Return the office that has a thing of a case, or had it last before it went on its way."""
    if what is Handed.CASE:
        return case.deciding_office_id or 0
    arrived = HandOver.objects.filter(application=case, what=what, arrived_at__isnull=False)
    last = arrived.order_by("-pk").values_list("to_office_id", flat=True).first()
    first = case.receiving_office_id if what is Handed.FILE else case.deciding_office_id
    return last or first or case.deciding_office_id or 0


def open_of(application_id: int) -> HandOver | None:
    """Return what of the case is on its way."""
    return _open().filter(application_id=application_id).first()


def hand_overs(application_id: int) -> list[HandOver]:
    """Return every hand-over of a case, the first one first."""
    found = HandOver.objects.filter(application_id=application_id)
    return list(found.select_related("from_office", "to_office", "by", "arrived_by").order_by("pk"))


def is_on_its_way(application_id: int) -> bool:
    """Say whether the case itself is: then it is in nobody's hands."""
    return HandOver.objects.filter(
        application_id=application_id, arrived_at=None, what=Handed.CASE
    ).exists()


def among_on_their_way(application_ids: Collection[int]) -> set[int]:
    """Return those of the cases that are on their way."""
    found = HandOver.objects.filter(
        application_id__in=list(application_ids), arrived_at=None, what=Handed.CASE
    )
    return set(found.values_list("application_id", flat=True))


def lies_here() -> Q:
    """Return the condition for cases that are not on their way: the queue's."""
    away = HandOver.objects.filter(application_id=OuterRef("pk"), arrived_at=None, what=Handed.CASE)
    return ~Q(Exists(away))


def away(reach: Reach) -> QuerySet[Application]:
    """Return the cases of the reach that are on their way, and in no other list; they are few."""
    sent = HandOver.objects.filter(arrived_at=None, what=Handed.CASE).values("application_id")
    return Application.objects.filter(reach.covered, pk__in=sent, status=Status.IN_QUEUE)


def count_away(reach: Reach) -> int:
    return away(reach).count()


def bound_for(application_ids: Collection[int]) -> dict[int, places.Office]:
    """Return the office to which each of the cases is on its way."""
    found = HandOver.objects.filter(
        application_id__in=list(application_ids), arrived_at=None, what=Handed.CASE
    )
    return {one.application_id: one.to_office for one in found.select_related("to_office")}


def supervisors_of(application_id: int, *, at: datetime) -> list[int]:
    """Return who supervises either end of what is on its way; nobody where it has arrived."""
    away = open_of(application_id)
    if away is None:
        return []
    return sorted(
        {
            one.id
            for office in (away.from_office, away.to_office)
            for one in free_supervisors(away.application, office, at=at)
        }
    )


def may_at(office_id: int, service_code: str, account_id: int, *, at: datetime) -> bool:
    """Say whether she may send from, or receive at, an office what belongs to the service."""
    office = places.office(office_id)
    return any(
        rights.may(
            account_id=account_id,
            act=act.code,
            service_code=service_code,
            area_code=office.area.code if office.area else None,
            at=at,
        )
        for act in policies.HANDING
    )


def _may(case: Application, office_id: int, account_id: int, *, at: datetime) -> bool:
    return may_at(office_id, case.service_code, account_id, at=at)


def _open() -> QuerySet[HandOver]:
    found = HandOver.objects.filter(arrived_at=None).select_related(
        "application", "from_office__area", "to_office__area", "by"
    )
    return found.defer("application__answers", "application__private_answers").order_by("at", "pk")
