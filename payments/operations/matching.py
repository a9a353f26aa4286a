"""
Money in suspense to the bill that it was meant for: one person asks, another decides.

`queries.proposals` says which bills may have been meant; nothing is ever posted by a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Sum

from accounts import policies as grants
from accounts import queries as accounts
from accounts.queries import SamePerson
from payments import posting
from payments.models import Bill, Match, Movement, OpenItem, Refund
from payments.operations import holding_items, refunding
from payments.operations.refunding import REASON_CHARS_MAX
from payments.policies import ASK_MATCH, DECIDE_MATCH
from payments.states import TAKING, BillState, Leg, MatchSetKind
from payments.states import RefundState as R

log = structlog.get_logger()

_PROMISED = (R.REQUESTED, R.AWAITING_FUNDS)


class NothingToMatch(Exception):
    """Less of the collection stands in suspense, the bill asks less, or nobody says why."""


class BillTakesNoMoney(Exception):
    """The bill is paid or has ended, or is in another currency."""


class AlreadyAsked(Exception):
    """Somebody has asked for this match, and nobody has decided about it."""


class MatchDecided(Exception):
    """A match is decided once."""


class PartOfSplit(Exception):
    """The parts of a split are decided together (`splitting`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page said that she answers, in minor units: what stands, and what the bill asks."""

    stands_minor: int
    due_minor: int | None = None


def ask(
    *,
    movement_id: int,
    bill_id: int,
    amount_minor: int,
    reason: str,
    by_id: int,
    at: datetime,
    shown: Shown | None = None,
) -> int:
    """
    Ask that a collection in suspense pay a bill; return the match's id.

    :param shown: what she saw, so that an old page is refused
    :raises holding_items.Changed: if that is no longer so
    :raises holding_items.HeldByAnother: if somebody else looks into it
    :raises accounts.policies.NotGranted: if she may not, on this rail
    :raises NothingToMatch: if it is more than the bill asks or than stands in suspense and is not
        promised to the payer, or without a reason
    :raises BillTakesNoMoney: if the bill cannot take it
    :raises refunding.OwnMoney: if it was billed to her
    :raises AlreadyAsked: if the same is waiting for a decision
    """
    if not reason.strip():
        raise NothingToMatch(movement_id)
    with transaction.atomic():
        movement = Movement.objects.select_related("rail").get(pk=movement_id, leg=Leg.CREDIT)
        require(by_id, ASK_MATCH.code, movement, at)
        item = _take(movement_id, by_id=by_id, at=at, shown=shown)
        bill = Bill.objects.get(pk=bill_id)
        refunding.refuse_own(bill.pk, by_id=by_id, at=at)
        refuse_changed(bill, shown)
        require_fit(movement, bill, amount_minor)
        if Match.objects.filter(movement=movement, bill=bill, decided_at=None).exists():
            raise AlreadyAsked
        asked = Match.objects.create(
            movement=movement,
            bill=bill,
            amount_minor=amount_minor,
            reason=reason.strip()[:REASON_CHARS_MAX],
            maker_id=by_id,
            asked_at=at,
        )
        if item:
            holding_items.done_with(item, by_id=by_id, at=at)
        log.info("match.asked", match_id=asked.pk)
        return asked.pk


def approve(*, match_id: int, by_id: int, at: datetime) -> None:
    """
    Decide that it pays the bill: its money leaves suspense now.

    What a rule has proposed to pay back of it, and what is no longer there, is declined with it.

    :raises SamePerson: if she asked for it herself
    :raises MatchDecided: if it is decided
    :raises NothingToMatch, BillTakesNoMoney: as `ask`, if things have changed since
    :raises accounts.policies.NotGranted: if she may not decide about matches on this rail
    """
    with transaction.atomic():
        [asked] = lock_to_decide([match_id], by_id=by_id, at=at)
        if asked.set and asked.set.kind == MatchSetKind.SPLIT:
            raise PartOfSplit(match_id)
        proposed = lock_proposed(asked.movement_id)
        holding_items.refuse_held(asked.movement_id, by_id=by_id, at=at)
        post(asked, by_id=by_id, at=at)
        decline_gone(proposed, movement_id=asked.movement_id, by_id=by_id, at=at)
    log.info("match.approved", match_id=match_id)


def decline(*, match_id: int, by_id: int, at: datetime) -> None:
    """
    Decide that it does not; raises as `approve` does, but for the money.

    :raises SamePerson: if she asked for it herself
    :raises MatchDecided: if it is decided
    """
    with transaction.atomic():
        [asked] = lock_to_decide([match_id], by_id=by_id, at=at)
        if asked.set and asked.set.kind == MatchSetKind.SPLIT:
            raise PartOfSplit(match_id)
        asked.decide(approved=False, by_id=by_id, at=at)
    log.info("match.declined", match_id=match_id)


def lock_to_decide(match_ids: Sequence[int], *, by_id: int, at: datetime) -> list[Match]:
    """
    Lock matches, by their ids, for one who may decide about each of them.

    :raises SamePerson, MatchDecided, accounts.policies.NotGranted: as `approve`
    """
    rows = Match.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=match_ids)
    locked = list(rows.select_related("movement__rail", "bill", "set").order_by("pk"))
    if len(locked) < len(set(match_ids)):
        raise Match.DoesNotExist
    for asked in locked:
        require(by_id, DECIDE_MATCH.code, asked.movement, at)
        if accounts.same_hands(asked.maker_id, by_id):
            raise SamePerson
        if asked.decided_at is not None:
            raise MatchDecided(asked.pk)
    return locked


def lock_proposed(movement_id: int) -> list[Refund]:
    """Lock what rules have proposed to pay back of a collection, by their ids."""
    rows = Refund.objects.select_for_update(no_key=True, of=("self",))
    return list(rows.filter(movement=movement_id, state=R.PROPOSED).order_by("pk"))


def post(asked: Match, *, by_id: int, at: datetime) -> None:
    """
    Approve a locked match, whose collection's promises are held, and move its money.

    :raises NothingToMatch, BillTakesNoMoney: as `ask`
    """
    refunding.refuse_own(asked.bill_id, by_id=by_id, at=at)
    asked.bill.refresh_from_db()
    require_fit(asked.movement, asked.bill, asked.amount_minor)
    asked.decide(approved=True, by_id=by_id, at=at)
    try:
        posting.match(asked.pk, at=at)
    except posting.DoesNotFit:
        raise NothingToMatch(asked.pk) from None


def decline_gone(proposed: list[Refund], *, movement_id: int, by_id: int, at: datetime) -> None:
    """Decline what a rule wants paid back of money that no longer stands in suspense."""
    left_minor = posting.stands_in_suspense(movement_id)
    for refund in proposed:
        if refund.amount_minor > left_minor:
            refund.checker_id, refund.decided_at, refund.ended_at = by_id, at, at
            refunding.move(refund, R.DECLINED, at=at)


def refuse_changed(bill: Bill, shown: Shown | None) -> None:
    """:raises holding_items.Changed: if the bill does not ask what she saw"""
    due_minor = bill.total_minor - bill.paid_minor
    if shown and shown.due_minor is not None and shown.due_minor != due_minor:
        raise holding_items.Changed(bill.pk)


def free_minor(movement: Movement) -> int:
    """Return what stands in suspense and is not promised to the payer."""
    promised = Refund.objects.filter(movement=movement, state__in=_PROMISED)
    promised_minor = promised.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return posting.stands_in_suspense(movement.pk) - promised_minor


def require_fit(movement: Movement, bill: Bill, amount_minor: int) -> None:
    """:raises NothingToMatch, BillTakesNoMoney: as `ask`"""
    if BillState(bill.state) not in TAKING or bill.currency != movement.currency:
        raise BillTakesNoMoney(bill.pk)
    if not 0 < amount_minor <= min(free_minor(movement), bill.total_minor - bill.paid_minor):
        raise NothingToMatch(movement.pk)


def require(account_id: int, act: str, movement: Movement, at: datetime) -> None:
    """:raises accounts.policies.NotGranted: if she may not, on the movement's rail"""
    grants.require(
        account_id=account_id, act=act, area_code=None, rail_code=movement.rail.code, at=at
    )


def _take(movement_id: int, *, by_id: int, at: datetime, shown: Shown | None) -> OpenItem | None:
    try:
        return holding_items.take(
            movement_id, by_id=by_id, at=at, shown_minor=shown.stands_minor if shown else None
        )
    except holding_items.NotOpen:
        if shown is not None:
            raise holding_items.Changed(movement_id) from None
        return None  # `require_fit` refuses it by its amount.
