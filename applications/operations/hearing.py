"""
Who decides a case: nobody who helped with it, and of an appeal nobody who made a step before it,
under whatever account.
"""

from django.db.models import F, Q

from accounts import queries as accounts
from applications.models import Application, StatusChange
from applications.queries import assisting
from applications.states import MADE_STEPS, Status

_STEP = Q(source=Status.UNDER_REVIEW, target__in=[*MADE_STEPS, Status.APPROVED]) | Q(
    source=Status.AWAITING_SECOND
)


class MadeAStep(Exception):
    """She, or the same person under another account, made a step of the case or helped with it."""


def makers(application_id: int) -> list[int]:
    """Return the accounts that made a step of a case before it was appealed, and its helper's."""
    steps = StatusChange.objects.filter(
        _STEP, application_id=application_id, version__lt=F("application__appeal__version")
    )
    found = steps.filter(changed_by__isnull=False).values_list("changed_by_id", flat=True)
    helper_id = assisting.helper_of(application_id)
    return sorted({*found.order_by().distinct(), *([helper_id] if helper_id else [])})


def has_made_a_step(application_id: int, account_id: int) -> bool:
    return any(accounts.same_hands(maker_id, account_id) for maker_id in makers(application_id))


def require_new(application: Application, by_id: int) -> None:
    """:raises MadeAStep: if she helped with it, or made a step of it before it was appealed"""
    if has_made_a_step(application.pk, by_id):
        raise MadeAStep(application.pk)
