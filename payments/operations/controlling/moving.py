"""
Emptying a retired rail: one orders the move of its balance, another decides with her password.

It goes to the one account that two people have named for the rail's sweeps. A person carries it
out in the provider's portal or at the bank, with the order's number beside it; the debit that
follows is a sweep and is expected, one that follows no order rings, and so does an order that none
follows (`looking`, `arriving`). What nobody can carry out two people give up (`giving_up`).
"""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction

from accounts import operations as people
from accounts import policies as grants
from accounts import queries as accounts
from accounts.queries import SamePerson
from kernel import audit
from payments import sql
from payments.models import Move, Rail, SweepAccount
from payments.operations.controlling import sweeping
from payments.policies import ASK_MOVE, DECIDE_MOVE

log = structlog.get_logger()

PURPOSE = DECIDE_MOVE.code
REASON_CHARACTERS_MAX = 300


class CannotMove(Exception):
    """The rail is in use, holds less, or nobody says why."""


class NoSweepAccount(CannotMove):
    """Nobody has named the account that this rail may be swept to, or it has changed since."""


class MoveDecided(Exception):
    """It is decided, or another one of the rail waits for its decision."""


def ask(*, rail_code: str, amount_minor: int, reason: str, by_id: int, at: datetime) -> int:
    """
    Order that what a retired rail holds be moved, all or some of it; return the order's id.

    :raises accounts.policies.NotGranted: if she may not, on this rail
    :raises CannotMove: if the rail is in use, or holds less
    :raises MoveDecided: if one of the rail waits for its decision
    """
    rail = Rail.objects.filter(code=rail_code).first()
    if rail is None or not reason.strip():
        raise CannotMove
    _require(by_id, ASK_MOVE.code, rail_code, at)
    account = _movable(rail, amount_minor, at=at)
    try:
        with transaction.atomic():
            asked = Move.objects.create(
                rail=rail,
                sweep_account=account,
                currency=rail.currency,
                amount_minor=amount_minor,
                reason=reason.strip()[:REASON_CHARACTERS_MAX],
                maker_id=by_id,
                asked_at=at,
            )
            _record("move.asked", asked.pk, by_id, at)
            return asked.pk
    except IntegrityError as error:
        if "move_asked_once" not in str(error):
            raise
        raise MoveDecided from error


def decide(
    *, move_id: int, approved: bool, by_id: int, at: datetime, step_up_id: int | None = None
) -> None:
    """
    Let it be carried out, or not.

    :param step_up_id: to approve: that she has just shown her password for `PURPOSE`
    :raises accounts.policies.NotGranted: if she may not, on this rail
    :raises accounts.operations.StepUpRefused: if she approves and has not
    :raises SamePerson: if she ordered it
    :raises MoveDecided: if it is decided
    :raises CannotMove: if the rail is in use again, holds less, or its account has changed
    """
    with transaction.atomic():
        asked = (
            Move.objects.select_for_update(no_key=True, of=("self",))
            .select_related("rail")
            .get(pk=move_id)
        )
        _require(by_id, DECIDE_MOVE.code, asked.rail.code, at)
        if asked.decided_at is not None:
            raise MoveDecided(move_id)
        if accounts.same_hands(asked.maker_id, by_id):
            raise SamePerson
        if approved:
            account = _movable(asked.rail, asked.amount_minor, at=at)
            if account.pk != asked.sweep_account_id:
                raise NoSweepAccount(move_id)
            people.consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=PURPOSE, at=at)
        asked.decide(approved=approved, by_id=by_id, at=at)
        _record("move.approved" if approved else "move.declined", move_id, by_id, at)
    log.info("move.decided", move_id=move_id, approved=approved)


def _movable(rail: Rail, amount_minor: int, *, at: datetime) -> SweepAccount:
    """Return where it goes, if that much of the rail may go there."""
    account = sweeping.in_force(rail.pk, at=at)
    if account is None:
        raise NoSweepAccount(rail.code)
    if rail.active or not 0 < amount_minor <= _held_minor(rail):
        raise CannotMove(rail.code)
    return account


def _held_minor(rail: Rail) -> int:
    """Return what stands on the rail's account and no order that was given is to move yet."""
    [(held_minor,)] = sql.run("control_movable", rail_id=rail.pk, currency=rail.currency)
    return int(held_minor)


def _require(by_id: int, act: str, rail_code: str, at: datetime) -> None:
    grants.require(account_id=by_id, act=act, area_code=None, rail_code=rail_code, at=at)


def _record(act: str, move_id: int, by_id: int, at: datetime) -> None:
    audit.record(act=act, actor_id=by_id, subject="payments.move", subject_id=move_id, at=at)
