"""What of a person's cases is not at rest: her data are kept until it is."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from applications.models import Application, Assistance, HandOver, LookQuestion, Opening
from applications.queries.appeals import term
from applications.states import Status
from catalogue import queries as catalogue
from payments.queries import keeping as money

AT_REST = (Status.DRAFT, Status.ISSUED, Status.COLLECTED, Status.REFUSED, Status.WITHDRAWN)
"""A draft was never sent in: an erasure gives it up."""

CASE, READY, HELD, APPEAL, TERM = (
    "case_open",
    "paper_ready",
    "payment_held",
    "appeal",
    "appeal_term",
)
INQUIRY, ON_ITS_WAY = "inquiry", "on_its_way"
TERM_LONGEST = timedelta(days=366)
_BY_STATUS = {
    Status.READY_FOR_COLLECTION: READY,
    Status.PAYMENT_HELD: HELD,
    Status.UNDER_APPEAL: APPEAL,
}


def of_holder(person_id: int) -> QuerySet[Application]:
    return Application.objects.filter(holder_id=person_id)


def bill_ids(person_id: int) -> list[int]:
    """Return the bills of all her cases."""
    found = of_holder(person_id).filter(bill__isnull=False)
    return sorted(set(found.values_list("bill_id", flat=True)))


def paper_ids(person_id: int) -> list[int]:
    """Return the papers of all her cases."""
    found = of_holder(person_id).filter(paper__isnull=False)
    return sorted(found.values_list("paper_id", flat=True))


def named_contacts(person_id: int) -> set[int]:
    """
    Return the phones that others named for her, when they helped or typed in her sheet, and through
    which nobody else has a case or a help.
    """
    helps = Assistance.objects.all()
    named = set(helps.filter(holder_id=person_id).values_list("contact_id", flat=True))
    named |= money.payer_contacts(bill_ids(person_id))
    for rows in (helps, Application.objects.all()):
        others = rows.filter(contact_id__in=named).exclude(holder_id=person_id)
        named -= set(others.values_list("contact_id", flat=True))
    return named


def unrest(person_id: int, *, at: datetime) -> set[str]:
    """Return what of her cases, and of those where she acts for somebody, is not over."""
    mine = Q(holder_id=person_id) | Q(guardian_id=person_id)
    open_ = Application.objects.filter(mine).exclude(status__in=AT_REST)
    found = {
        _BY_STATUS.get(Status(status), CASE)
        for status in open_.values_list("status", flat=True).distinct()
    }
    # No service names a longer term; older refusals are not read one by one.
    refused = of_holder(person_id).filter(status=Status.REFUSED, decided_at__gt=at - TERM_LONGEST)
    if any(_may_appeal(one, at=at) for one in refused.order_by("-pk")):
        found.add(TERM)
    cases = of_holder(person_id)
    openings = Opening.objects.filter(application__in=cases, reviewed_at=None)
    questions = LookQuestion.objects.filter(look__application__in=cases, answered_at=None)
    if openings.exists() or questions.exists():
        found.add(INQUIRY)
    if HandOver.objects.filter(application__in=cases, arrived_at=None).exists():
        found.add(ON_ITS_WAY)
    return found


def _may_appeal(refused: Application, *, at: datetime) -> bool:
    definition = catalogue.version(refused.service_version_id).definition
    last = term(refused, definition, language=refused.language)
    return last is not None and last.is_open(at)
