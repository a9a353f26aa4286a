"""Which papers an officer may see: those of offices over which she may do anything with papers."""

from datetime import date, datetime

from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts import policies as rights
from accounts import sessions
from accounts.policies import NotGranted
from documents import policies
from documents.models import Paper
from kernel.country import country
from places import queries as places


def offices(request: HttpRequest, *, at: datetime) -> set[int] | None:
    """
    Return the ids of the offices whose papers she may see; None: of all.

    :raises NotGranted: if there are none
    """
    account_id = int(sessions.signed_in(request).pk)
    scopes = [
        scope
        for scope in rights.scopes(account_id=account_id, act_codes=policies.PAPER_ACT_CODES, at=at)
        if scope.service_code == rights.ANY
    ]
    if not scopes:
        raise NotGranted(account_id=account_id, act=policies.PAPER_ACT_CODES[0])
    areas = {scope.area_code for scope in scopes if scope.area_code is not None}
    if len(areas) < len({scope.area_code for scope in scopes}):
        return None
    return set().union(*places.offices_within(areas).values())


def paper(request: HttpRequest, paper_id: int, *, at: datetime) -> Paper:
    """Return the paper if she may see it; what is not hers does not exist for her."""
    within = offices(request, at=at)
    found = (
        Paper.objects.select_related("copy_of", "replaces")
        .filter(pk=paper_id, number__isnull=False)
        .first()
    )
    if found is None or (within is not None and found.office_id not in within):
        raise Http404
    return found


def may(request: HttpRequest, found: Paper, kind: str, *, at: datetime) -> bool:
    """Say whether she holds the right to do this over the paper's office."""
    area = places.office(found.office_id).area
    return rights.may(
        account_id=int(sessions.signed_in(request).pk),
        act=policies.act_for(kind).code,
        area_code=area.code if area else None,
        at=at,
    )


def today() -> date:
    return timezone.now().astimezone(country().zone).date()
