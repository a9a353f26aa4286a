"""What is asked about looks: a person's own, questions to answer, openings to review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from accounts import policies as rights
from applications import policies
from applications.models import Application, Look, LookQuestion, Opening, Why
from applications.queries.desk import before_an_office
from applications.queries.reaching import Reach, reach

LOOKS_SHOWN = 20
LISTED_MAX = 100
OBJECTED_SHOWN = timedelta(days=7)
"""An objection is for whoever answers for looks; for so long it stands before operators too."""


@dataclass(frozen=True, slots=True)
class Wanting:
    """Openings of cases outside a right: objected to of late, or not reviewed in time."""

    objected: int
    overdue: int
    overdue_since: datetime | None


def why(application: Application, account_id: int, *, at: datetime) -> Why:
    """Return the right by which somebody at the desk sees a case."""
    if application.officer_id == account_id:
        return Why.DECIDING
    if opened(application.pk, account_id, at=at) is not None:
        return Why.BREAK_GLASS
    if application.officer_id is None:
        return Why.DECIDING  # She may take it next.
    office = application.deciding_office
    supervises = rights.may(
        account_id=account_id,
        act=policies.SUPERVISE.code,
        service_code=application.service_code,
        area_code=office.area.code if office and office.area else None,
        at=at,
    )
    return Why.SUPERVISING if supervises else Why.COLLEAGUE


def looks_at(holder_id: int, *, before_id: int | None = None) -> list[Look]:
    """Return who looked at a person's cases, the newest first; one more than a page shows."""
    found = Look.objects.filter(application__holder_id=holder_id)
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    related = found.select_related("application", "office", "question")
    return list(related.order_by("-pk")[: LOOKS_SHOWN + 1])


def papers_of(holder_id: int) -> list[int]:
    """Return the ids of the papers that a person's cases led to."""
    drawn = Application.objects.filter(holder_id=holder_id, paper_id__isnull=False)
    return list(drawn.values_list("paper_id", flat=True))


def look_of(look_id: int, *, holder_id: int) -> Look | None:
    """Return a look at one of the person's cases; another's is not there."""
    found = Look.objects.filter(pk=look_id, application__holder_id=holder_id)
    return found.select_related("application", "office", "question").first()


def opened(application_id: int, account_id: int, *, at: datetime) -> Opening | None:
    """Return the opening by which she may read the case now."""
    mine = Opening.objects.filter(application_id=application_id, by_id=account_id)
    return mine.filter(opened_at__lte=at, until_at__gt=at).order_by("-pk").first()


def opened_case(
    number: str, *, account_id: int, person_id: int | None, at: datetime
) -> Application | None:
    """Return the case if she has opened it and the half hour is not over."""
    case = before_an_office(number, account_id=account_id, person_id=person_id)
    return case if case and opened(case.pk, account_id, at=at) else None


def openings_of(application_id: int) -> list[Opening]:
    """Return whoever opened the case outside her right, the newest first."""
    found = Opening.objects.filter(application_id=application_id).select_related("by")
    return list(found.order_by("-pk")[:LISTED_MAX])


def openings_to_review(over: Reach) -> list[Opening]:
    """Return what waits for a second person, the oldest first; her own for another."""
    waiting = _within(over).filter(reviewed_at=None).exclude(by_id=over.account_id)
    return list(waiting.order_by("due_at", "pk")[:LISTED_MAX])


def openings_objected(over: Reach) -> list[Opening]:
    """Return the openings that were found wrong, the newest first."""
    return list(_within(over).filter(accepted=False).order_by("-reviewed_at")[:LISTED_MAX])


def openings_overdue(over: Reach, *, at: datetime) -> list[Opening]:
    """Return the openings that nobody has reviewed in time, the oldest first."""
    late = _within(over).filter(reviewed_at=None, due_at__lt=at)
    return list(late.order_by("due_at", "pk")[:LISTED_MAX])


def openings_wanting(*, at: datetime) -> Wanting:
    """Return what of all offices somebody must look into, by one query; it names no case."""
    late = Q(reviewed_at=None, due_at__lt=at)
    told = Opening.objects.aggregate(
        objected=Count("pk", filter=Q(accepted=False, reviewed_at__gt=at - OBJECTED_SHOWN)),
        overdue=Count("pk", filter=late),
        overdue_since=Min("due_at", filter=late),
    )
    return Wanting(**told)


def questions(over: Reach) -> list[LookQuestion]:
    """Return the questions about looks that wait for an answer, the oldest first."""
    cases = Application.objects.filter(over.covered)
    waiting = LookQuestion.objects.filter(answered_at=None, look__application__in=cases)
    related = waiting.select_related(
        "look__application__deciding_office", "look__account", "look__office"
    )
    return list(related.order_by("pk")[:LISTED_MAX])


def answering(*, account_id: int, person_id: int | None, at: datetime) -> Reach:
    """Return how far her right to answer for looks reaches."""
    return reach(
        account_id=account_id, person_id=person_id, at=at, acts=(policies.ANSWER_FOR_LOOKS,)
    )


def _within(over: Reach) -> QuerySet[Opening]:
    cases = Application.objects.filter(over.covered)
    found = Opening.objects.filter(application__in=cases)
    return found.select_related("application__deciding_office", "by", "reviewed_by")


def openings_behind(found: Sequence[Look]) -> dict[int, Opening]:
    """Return for each look outside the right the opening that let her, by the look's id."""
    broken = [look for look in found if look.why == Why.BREAK_GLASS]
    if not broken:
        return {}
    openings = Opening.objects.filter(
        application_id__in={look.application_id for look in broken},
        by_id__in={look.account_id for look in broken},
    )
    made = list(openings.order_by("pk"))
    return {
        look.pk: opening
        for look in broken
        for opening in made
        if (opening.application_id, opening.by_id) == (look.application_id, look.account_id)
        and opening.opened_at <= look.at < opening.until_at
    }
