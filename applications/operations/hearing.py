"""Who hears an appeal: nobody who made a step of the case before it, under whatever account."""

from django.db.models import F, Q

from accounts import queries as accounts
from applications.models import Application, StatusChange
from applications.states import MADE_STEPS, Status

_STEP = Q(source=Status.UNDER_REVIEW, target__in=[*MADE_STEPS, Status.APPROVED]) | Q(
    source=Status.AWAITING_SECOND
)


class MadeAStep(Exception):
    """She, or the same person under another account, has made a step of the case."""


def makers(application_id: int) -> list[int]:
    """Return the accounts that made a step of a case before it was appealed; none without."""
    steps = StatusChange.objects.filter(
        _STEP, application_id=application_id, version__lt=F("application__appeal__version")
    )
    found = steps.filter(changed_by__isnull=False).values_list("changed_by_id", flat=True)
    return sorted(set(found.order_by().distinct()))


def has_made_a_step(application_id: int, account_id: int) -> bool:
    return any(accounts.same_hands(maker_id, account_id) for maker_id in makers(application_id))


def require_new(application: Application, by_id: int) -> None:
    """:raises MadeAStep: if the case is appealed, and she made a step of it before"""
    if has_made_a_step(application.pk, by_id):
        raise MadeAStep(application.pk)
