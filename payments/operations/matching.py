"""
Money in suspense to the bill that it was meant for: one person asks, another decides.

`queries.proposals` says which bills may have been meant; nothing is ever posted by a guess.
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Sum

from accounts import policies as grants
from payments import posting
from payments.models import Bill, Match, Movement, Refund
from payments.operations import refunding
from payments.operations.refunding import REASON_CHARS_MAX, SamePerson
from payments.policies import ASK_MATCH, DECIDE_MATCH
from payments.posting import reserving
from payments.states import TAKING, BillState, Leg
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


def ask(
    *, movement_id: int, bill_id: int, amount_minor: int, reason: str, by_id: int, at: datetime
) -> int:
    """
    Ask that a collection in suspense pay a bill; return the match's id.

    :raises accounts.policies.NotGranted: if she may not, on this rail
    :raises NothingToMatch: if it is more than the bill asks or than stands in suspense and is not
        promised to the payer, or without a reason
    :raises BillTakesNoMoney: if the bill cannot take it
    :raises AlreadyAsked: if the same is waiting for a decision
    """
    if not reason.strip():
        raise NothingToMatch(movement_id)
    with transaction.atomic():
        movement = Movement.objects.select_related("rail").get(pk=movement_id, leg=Leg.CREDIT)
        _require(by_id, ASK_MATCH.code, movement, at)
        reserving.hold_movement(movement_id)
        bill = Bill.objects.get(pk=bill_id)
        _require_fit(movement, bill, amount_minor)
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
        asked = _lock_to_decide(match_id, by_id=by_id, at=at)
        proposed = list(
            Refund.objects.select_for_update(no_key=True, of=("self",))
            .filter(movement=asked.movement, state=R.PROPOSED)
            .order_by("pk")
        )
        reserving.hold_movement(asked.movement_id)
        _require_fit(asked.movement, asked.bill, asked.amount_minor)
        _decide(asked, approved=True, by_id=by_id, at=at)
        try:
            posting.match(asked.pk, at=at)
        except posting.DoesNotFit:
            raise NothingToMatch(match_id) from None
        left_minor = posting.stands_in_suspense(asked.movement_id)
        for refund in proposed:
            if refund.amount_minor > left_minor:
                refund.checker_id, refund.decided_at, refund.ended_at = by_id, at, at
                refunding.move(refund, R.DECLINED, at=at)
    log.info("match.approved", match_id=match_id)


def decline(*, match_id: int, by_id: int, at: datetime) -> None:
    """
    Decide that it does not; raises as `approve` does, but for the money.

    :raises SamePerson: if she asked for it herself
    :raises MatchDecided: if it is decided
    """
    with transaction.atomic():
        asked = _lock_to_decide(match_id, by_id=by_id, at=at)
        _decide(asked, approved=False, by_id=by_id, at=at)
    log.info("match.declined", match_id=match_id)


def _lock_to_decide(match_id: int, *, by_id: int, at: datetime) -> Match:
    rows = Match.objects.select_for_update(no_key=True, of=("self",))
    asked = rows.select_related("movement__rail", "bill").get(pk=match_id)
    _require(by_id, DECIDE_MATCH.code, asked.movement, at)
    if asked.maker_id == by_id:
        raise SamePerson
    if asked.decided_at is not None:
        raise MatchDecided(match_id)
    return asked


def _decide(asked: Match, *, approved: bool, by_id: int, at: datetime) -> None:
    asked.approved, asked.checker_id, asked.decided_at = approved, by_id, at
    asked.save(update_fields=["approved", "checker", "decided_at"])


def _require_fit(movement: Movement, bill: Bill, amount_minor: int) -> None:
    if BillState(bill.state) not in TAKING or bill.currency != movement.currency:
        raise BillTakesNoMoney(bill.pk)
    promised = Refund.objects.filter(movement=movement, state__in=_PROMISED)
    promised_minor = promised.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    free_minor = posting.stands_in_suspense(movement.pk) - promised_minor
    if not 0 < amount_minor <= min(free_minor, bill.total_minor - bill.paid_minor):
        raise NothingToMatch(movement.pk)


def _require(account_id: int, act: str, movement: Movement, at: datetime) -> None:
    grants.require(
        account_id=account_id, act=act, area_code=None, rail_code=movement.rail.code, at=at
    )
