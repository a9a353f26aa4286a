"""
Who decides a case: nobody who helped with it or has said that she has an interest, and of an appeal
nobody who made a step before it, under whatever account.
"""

from collections.abc import Collection

from django.db.models import F, Q

from accounts import queries as accounts
from applications.models import Application, StatusChange
from applications.queries import interests
from applications.states import MADE_STEPS, Status

_STEP = Q(source=Status.UNDER_REVIEW, target__in=[*MADE_STEPS, Status.APPROVED]) | Q(
    source=Status.AWAITING_SECOND
)


class MadeAStep(Exception):
    """She, under whatever account, made a step of the case, or is kept out of it (`interests`)."""


def makers(application_id: int) -> list[int]:
    """Return the accounts that made a step of a case before its appeal, or are kept out of it."""
    return sorted(makers_each([application_id])[application_id])


def makers_each(application_ids: Collection[int]) -> dict[int, set[int]]:
    """Return for each case what `makers` does, with two queries however many they are."""
    steps = StatusChange.objects.filter(
        _STEP,
        application_id__in=application_ids,
        version__lt=F("application__appeal__version"),
        changed_by__isnull=False,
    )
    found: dict[int, set[int]] = {pk: set() for pk in application_ids}
    for application_id, account_id in steps.order_by().values_list(
        "application_id", "changed_by_id"
    ):
        if account_id is not None:
            found[application_id].add(account_id)
    for application_id, account_ids in interests.kept_out(application_ids).items():
        found[application_id] |= account_ids
    return found


def has_made_a_step(application_id: int, account_id: int) -> bool:
    return any(accounts.same_hands(maker_id, account_id) for maker_id in makers(application_id))


def require_new(application: Application, by_id: int) -> None:
    """:raises MadeAStep: if she is kept out of it, or made a step of it before it was appealed"""
    if has_made_a_step(application.pk, by_id):
        raise MadeAStep(application.pk)
