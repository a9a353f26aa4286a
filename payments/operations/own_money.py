"""
Money in suspense that is our own come in, all of a credit: a sweep that arrived, a batch sent back.

Both are releases: one person says which it is (`arrivals`, `remitting.returning`), another decides
with her password. Nobody is to be paid back, so nothing of it may have left or be promised.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import operations as accounts
from payments import posting
from payments.models import Refund, Release
from payments.operations import holding_items, matching

_ASKED_ONCE = ("release_asked_once", "release_of_sweep_once", "release_of_remittance_once")


def ask(wanted: Release, *, unfit: type[Exception], waits: type[Exception]) -> None:
    """
    Create a release that its maker wants, of a credit that is free.

    :param wanted: not saved yet
    :raises unfit: if some of the credit has left suspense or is promised, or is known to be else
    :raises waits: if something is to be decided about it, or about what it is said to be
    :raises holding_items.HeldByAnother: if somebody else looks into that money
    """
    movement_id, by_id, at = wanted.movement_id, wanted.maker_id, wanted.asked_at
    try:
        item = holding_items.take(movement_id, by_id=by_id, at=at)
    except holding_items.NotOpen:
        raise unfit(movement_id) from None
    _require_free(wanted, unfit)
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError as error:
        said = str(error)
        if any(name in said for name in _ASKED_ONCE):
            raise waits(movement_id) from None
        # It has arrived as a transfer or by another's word, or filled a float.
        if "is not the arrival" in said:
            raise unfit(movement_id) from None
        raise
    holding_items.done_with(item, by_id=by_id, at=at)


def decide(
    asked: Release,
    proposed: list[Refund],
    *,
    approved: bool,
    by_id: int,
    at: datetime,
    step_up_id: int | None,
    purpose: str,
    unfit: type[Exception],
) -> None:
    """
    Let a locked release leave suspense, with what rules have proposed of it; or not.

    :param proposed: locked (`matching.lock_proposed`), in the order of docs/locking.md
    :raises accounts.operations.StepUpRefused: if she approves and showed no password for `purpose`
    :raises unfit: if less of it stands in suspense meanwhile
    :raises holding_items.HeldByAnother: if somebody else looks into that money
    """
    if not approved:
        asked.decide(approved=False, by_id=by_id, at=at)
        return
    accounts.consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=purpose, at=at)
    matching.refuse_held(asked.movement_id, by_id=by_id, at=at)
    _require_free(asked, unfit)
    asked.decide(approved=True, by_id=by_id, at=at)
    try:
        posting.release(asked.pk, at=at)
    except (posting.NothingLeft, posting.DoesNotFit):
        raise unfit(asked.movement_id) from None
    matching.decline_gone(proposed, movement_id=asked.movement_id, by_id=by_id, at=at)


def _require_free(asked: Release, unfit: type[Exception]) -> None:
    if matching.free_minor(asked.movement) < asked.amount_minor:
        raise unfit(asked.movement_id)
