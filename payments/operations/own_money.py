"""
Money in suspense that is our own come in, all of a credit: a sweep that arrived, a batch sent back.

Both are releases: one person says which it is (`arrivals`, `remitting.sending_back`), another
decides with her password. Nobody is to be paid back, so nothing of it may have left or be promised.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import operations as accounts
from accounts import queries as hands
from accounts.queries import SamePerson
from payments import posting
from payments.models import Movement, Refund, Release
from payments.operations import holding_items, matching
from payments.operations.refunding import REASON_CHARS_MAX
from payments.states import Leg

_ASKED_ONCE = ("release_asked_once", "release_of_sweep_once", "release_of_remittance_once")


class CannotBe(Exception):
    """This money is not what she says: by its rail or time, or taken, or nobody says why."""


class CameInPart(Exception):
    """Another amount came than went, in minor units; sweeps and batches come whole."""

    def __init__(self, came_minor: int, whole_minor: int, currency: str) -> None:
        super().__init__(came_minor, whole_minor)
        self.came_minor = came_minor
        self.whole_minor = whole_minor
        self.currency = currency


class AlreadyAsked(Exception):
    """Something is to be decided about this money, or about what it is said to be."""


class AlreadyDecided(Exception):
    """Somebody has decided what this money is."""


def ask(wanted: Release, *, whole_minor: int) -> None:
    """
    Create a release that its maker wants, of a credit that is free.

    :param wanted: not saved yet; of its credit, it says what that is and why
    :param whole_minor: what went and is said to have come
    :raises CannotBe: if some of the credit has left suspense or is promised, or is known to be
        else, or nobody says why
    :raises CameInPart: if another amount came
    :raises AlreadyAsked: if something is to be decided about it, or about what it is said to be
    :raises holding_items.HeldByAnother: if somebody else looks into that money
    """
    credit, by_id, at = wanted.movement, wanted.maker_id, wanted.asked_at
    wanted.currency, wanted.amount_minor = credit.currency, whole_minor
    wanted.reason = wanted.reason.strip()[:REASON_CHARS_MAX]
    if not wanted.reason:
        raise CannotBe(credit.pk)
    if credit.amount_minor != whole_minor:
        raise CameInPart(credit.amount_minor, whole_minor, credit.currency)
    try:
        item = holding_items.take(credit.pk, by_id=by_id, at=at)
    except holding_items.NotOpen:
        raise CannotBe(credit.pk) from None
    _require_free(wanted)
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError as error:
        said = str(error)
        if any(name in said for name in _ASKED_ONCE):
            raise AlreadyAsked(credit.pk) from None
        # It has arrived as a transfer or by another's word, or filled a float.
        if "is not the arrival" in said:
            raise CannotBe(credit.pk) from None
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
) -> None:
    """
    Let a locked release leave suspense, with what rules have proposed of it; or not.

    :param proposed: locked (`matching.lock_proposed`), in the order of docs/locking.md
    :raises SamePerson: if she asked for it
    :raises AlreadyDecided: if it is decided
    :raises accounts.operations.StepUpRefused: if she approves and showed no password for `purpose`
    :raises CannotBe: if less of it stands in suspense meanwhile
    :raises holding_items.HeldByAnother: if somebody else looks into that money
    """
    if hands.same_hands(asked.maker_id, by_id):
        raise SamePerson
    if asked.decided_at is not None:
        raise AlreadyDecided(asked.pk)
    if not approved:
        asked.decide(approved=False, by_id=by_id, at=at)
        return
    accounts.consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=purpose, at=at)
    holding_items.refuse_held(asked.movement_id, by_id=by_id, at=at)
    _require_free(asked)
    asked.decide(approved=True, by_id=by_id, at=at)
    try:
        posting.release(asked.pk, at=at)
    except (posting.NothingLeft, posting.DoesNotFit):
        raise CannotBe(asked.movement_id) from None
    matching.decline_gone(proposed, movement_id=asked.movement_id, by_id=by_id, at=at)


def find_credit(movement_id: int) -> Movement:
    """:raises CannotBe: if no money came by this id"""
    found = Movement.objects.select_related("rail").filter(pk=movement_id, leg=Leg.CREDIT).first()
    if found is None:
        raise CannotBe(movement_id)
    return found


def _require_free(asked: Release) -> None:
    if matching.free_minor(asked.movement) < asked.amount_minor:
        raise CannotBe(asked.movement_id)
