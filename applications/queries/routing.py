"""Why a case came to somebody, which cases are stranded, and who answers for an office."""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from accounts import policies as rights
from accounts import queries as accounts
from applications import policies
from applications.models import Application, RoutingNote, Tally
from applications.queries import interests
from applications.queries.reaching import Reach
from applications.states import Status
from places import queries as places
from places import working

ABSENCE_LONG = timedelta(days=3)
"""Whoever is away for so long finds her waiting cases with others. Our assumption."""

LEFT_BEHIND_MAX = 100
_STRANDED = (Path(__file__).parents[1] / "sql" / "stranded.sql").read_text(encoding="utf-8")


def routings(application_id: int) -> list[RoutingNote]:
    """Return each time that a case was laid before a desk, the first time first."""
    found = RoutingNote.objects.filter(application_id=application_id)
    return list(found.select_related("office", "officer").order_by("version"))


def stranded(*, now: datetime, limit: int, only: int | None = None, after: int = 0) -> list[int]:
    """
    Return the ids of cases on a desk where nobody will take them up (`sql/stranded.sql`), in order.

    :param only: the one case that is asked about
    :param after: the id beyond which they lie
    """
    asked: dict[str, datetime | int | None] = {
        "now": now,
        # As `present` sees it, so that nothing is laid before whoever it was just taken from.
        "opens": working.add_working_days(now, 0),
        "long": ABSENCE_LONG.days,
        "limit": limit,
        "only": only,
        "after": after,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STRANDED, asked)
        return [row[0] for row in cursor.fetchall()]


def laid_before(*, office_id: int | None = None, officer_id: int | None = None) -> list[int]:
    """Return the ids of the cases that wait at an office, with an officer, or both."""
    found = Application.objects.filter(status__in=[Status.IN_QUEUE, Status.UNDER_REVIEW])
    if office_id is not None:
        found = found.filter(deciding_office_id=office_id)
    if officer_id is not None:
        found = found.filter(officer_id=officer_id)
    return list(found.order_by("pk").values_list("pk", flat=True))


def last_of_service(reach: Reach, service_code: str, *, limit: int) -> list[Application]:
    """Return the newest cases of a service within reach that came before an office."""
    found = Application.objects.filter(reach.covered, service_code=service_code)
    return list(found.order_by("-pk")[:limit])


def without_signer(reach: Reach, *, at: datetime) -> list[Application]:
    """Return approved cases within reach whose officer left before she signed, at most 100."""
    signing = Tally.objects.filter(reach.within, status=Status.AWAITING_SIGNATURE)
    officer_ids = {one for one in signing.values_list("officer_id", flat=True) if one is not None}
    gone = officer_ids - rights.holding(officer_ids, act=policies.SIGN.code, at=at)
    found = Application.objects.filter(
        reach.covered, status=Status.AWAITING_SIGNATURE, officer_id__in=gone
    )
    return list(found.select_related("deciding_office").order_by("pk")[:LEFT_BEHIND_MAX])


def free_supervisors(
    case: Application, office: places.Office, *, at: datetime
) -> list[accounts.AccountView]:
    """
    Return who may supervise the case at an office, but for whoever is kept out of it.
    """
    others = accounts.accounts(sorted(interests.kept_out([case.pk])[case.pk]))
    kept_out = {one.person_id for one in others}
    granted = rights.holders(
        act=policies.SUPERVISE.code,
        service_code=case.service_code,
        area_code=office.area.code if office.area else None,
        at=at,
    )
    return [
        one
        for one in accounts.accounts(granted)
        if not policies.has_interest(
            account_id=one.id,
            person_id=one.person_id,
            holder_id=case.holder_id,
            applicant_id=case.account_id,
        )
        and one.person_id not in kept_out
    ]


def supervisors(application_id: int, *, at: datetime) -> list[int]:
    """
    Return who supervises the office before which a case, or its paper, lies: of the office itself,
    or else of the nearest one above it that has anybody. Whoever has an interest in the case is
    left out.
    """
    offices = Application.objects.select_related("deciding_office__area", "handing_office__area")
    case = offices.get(pk=application_id)
    at_counter = case.status == Status.READY_FOR_COLLECTION
    office = case.handing_office if at_counter else case.deciding_office
    if office is None:
        return []
    free = free_supervisors(case, office, at=at)
    paths = places.office_paths() if free else {}
    distances = {one.id: _distance(one.office_id, office.pk, paths) for one in free}
    nearest = min(distances.values(), default=0)
    return [one for one in distances if distances[one] == nearest]


def supervisors_of_person(person_id: int, *, at: datetime) -> list[int]:
    """Return who supervises the offices in which a person works, and is somebody else."""
    hers = accounts.accounts(sorted(accounts.accounts_of([person_id]).get(person_id, ())))
    offices = [places.office(one.office_id) for one in hers if one.is_active and one.office_id]
    found: set[int] = set()
    for office in offices:
        area_code = office.area.code if office.area else None
        found.update(rights.holders(act=policies.SUPERVISE.code, area_code=area_code, at=at))
    return sorted(found - {one.id for one in hers})


def _distance(office_id: int | None, from_id: int, paths: dict[int, str]) -> int:
    """Return how many levels lie between two offices; whoever has none is the furthest."""
    if office_id == from_id:
        return -1  # Before anybody of another office in the same area.
    here, there = paths.get(from_id, "").split("/"), paths.get(office_id or 0, "").split("/")
    if office_id is None:
        return len(here) + 1
    shared = sum(1 for one, other in zip(here, there, strict=False) if one == other and one)
    return len([one for one in here if one]) - shared
