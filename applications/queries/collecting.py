"""What lies ready at a counter, and what a counter may see of a case."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts import policies as rights
from applications import policies
from applications.models import Application, GivenPaper
from applications.queries.reaching import covered_by, interest_of
from applications.states import GIVEN, Status
from catalogue import queries as catalogue
from places import queries as places

LISTED_MAX = 50
PHYSICAL = "physical"


@dataclass(frozen=True)
class Waiting:
    """A page of what a counter has to do; one more than `LISTED_MAX` in a list if there are."""

    ready: list[Application]
    to_lay_out: list[Application]


def is_collected(application_id: int) -> bool:
    """Say whether the case ends with something that is held in a hand."""
    version_id = Application.objects.values_list("service_version_id", flat=True)
    return catalogue.version(version_id.get(pk=application_id)).definition.kind == PHYSICAL


def handing_office(application_id: int, language: str) -> str:
    """Return the name of the office that hands the case's paper over, as short as an SMS needs."""
    case = Application.objects.select_related("handing_office").get(pk=application_id)
    return case.handing_office.told(language)[:60] if case.handing_office else "-"


def counter_may(*, account_id: int, at: datetime) -> bool:
    """Say whether the account holds any right at a counter."""
    codes = [act.code for act in policies.AT_COUNTER]
    return bool(rights.scopes(account_id=account_id, act_codes=codes, at=at))


def at_counter(
    number: str, *, account_id: int, person_id: int | None, at: datetime
) -> Application | None:
    """
    Return the case whose paper the officer's counter hands over, or None: it does not exist there.

    Only of issued papers; her own and her clients' are none of hers.
    """
    found = _reached(account_id, person_id, at=at).filter(number=number, status__in=GIVEN)
    return found.first()


def waiting_papers(*, account_id: int, person_id: int | None, at: datetime) -> Waiting:
    """Return what lies ready, the longest first, and what is issued and must be laid out."""
    reached = _reached(account_id, person_id, at=at)
    ready = reached.filter(status=Status.READY_FOR_COLLECTION).order_by("ready_paper__ready_at")
    # Every certificate ends issued; where no service is physical nothing of them is read.
    physical = catalogue.version_ids(kind=PHYSICAL)
    issued = reached.filter(service_version_id__in=physical, status=Status.ISSUED).order_by("pk")
    return Waiting(list(ready[: LISTED_MAX + 1]), list(issued[: LISTED_MAX + 1]))


def last_given(application_id: int) -> GivenPaper | None:
    """Return the last proof that was shown for a paper, with who took it."""
    given = GivenPaper.objects.filter(application_id=application_id)
    return given.select_related("by").order_by("-pk").first()


def _reached(account_id: int, person_id: int | None, *, at: datetime) -> QuerySet[Application]:
    codes = [act.code for act in policies.AT_COUNTER]
    scopes = rights.scopes(account_id=account_id, act_codes=codes, at=at)
    offices = places.offices_within({scope.area_code for scope in scopes if scope.area_code})
    within = Q(pk__in=[])  # Nothing, until a grant adds to it.
    for scope in scopes:
        within |= covered_by(scope, offices, "handing_office")
    cases = Application.objects.select_related("handing_office", "ready_paper")
    return cases.filter(within).exclude(interest_of(account_id, person_id))
