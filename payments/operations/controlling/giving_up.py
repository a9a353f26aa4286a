"""
Giving up an order to move what a retired rail holds, because nobody can carry it out.

One says so and why, another confirms it with her password. The money may then be ordered anew; a
debit that comes with the old order's number all the same follows no order, and rings.
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
from payments.models import Move, MoveEnd
from payments.operations.controlling.moving import REASON_CHARACTERS_MAX
from payments.policies import ASK_MOVE, DECIDE_MOVE

log = structlog.get_logger()

PURPOSE = "move.give_up"


class NotUnderWay(Exception):
    """The order was not given, its money has left, it is given up, or nobody says why."""


class EndDecided(Exception):
    """It is decided, or has been asked for before."""


def ask(*, move_id: int, reason: str, by_id: int, at: datetime) -> int:
    """
    Say that an order cannot be carried out; return the id of what another decides about.

    :raises accounts.policies.NotGranted: if she may not, on its rail
    :raises NotUnderWay: if it is not to be carried out, or she does not say why
    :raises EndDecided: if somebody has asked for it before
    """
    try:
        with transaction.atomic():
            move = _hold(move_id)
            _require(by_id, ASK_MOVE.code, move, at)
            if not reason.strip() or not _is_under_way(move_id):
                raise NotUnderWay(move_id)
            asked = MoveEnd.objects.create(
                move=move,
                reason=reason.strip()[:REASON_CHARACTERS_MAX],
                maker_id=by_id,
                asked_at=at,
            )
            _record("move.end_asked", move_id, by_id, at)
            return asked.pk
    except IntegrityError as error:
        if "move_given_up_once" not in str(error):
            raise
        raise EndDecided(move_id) from error


def decide(
    *, end_id: int, approved: bool, by_id: int, at: datetime, step_up_id: int | None = None
) -> None:
    """
    Give the order up, or let it stand.

    :param step_up_id: to give it up: that she has just shown her password for `PURPOSE`
    :raises accounts.policies.NotGranted: if she may not, on its rail
    :raises accounts.operations.StepUpRefused: if she gives it up and has not
    :raises SamePerson: if she asked for it
    :raises EndDecided: if it is decided
    :raises NotUnderWay: if its money has left meanwhile
    """
    with transaction.atomic():
        move = _hold(MoveEnd.objects.values_list("move_id", flat=True).get(pk=end_id))
        asked = MoveEnd.objects.get(pk=end_id)
        _require(by_id, DECIDE_MOVE.code, move, at)
        if asked.decided_at is not None:
            raise EndDecided(end_id)
        if accounts.same_hands(asked.maker_id, by_id):
            raise SamePerson
        if approved:
            if not _is_under_way(move.pk):
                raise NotUnderWay(move.pk)
            people.consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=PURPOSE, at=at)
        asked.decide(approved=approved, by_id=by_id, at=at)
        _record("move.given_up" if approved else "move.end_declined", move.pk, by_id, at)
    log.info("move.end_decided", move_id=move.pk, approved=approved)


def _hold(move_id: int) -> Move:
    held = Move.objects.select_for_update(no_key=True, of=("self",)).select_related("rail")
    return held.get(pk=move_id)


def _is_under_way(move_id: int) -> bool:
    return any(move_id == waiting for waiting, *_ in sql.run("control_moves"))


def _require(by_id: int, act: str, move: Move, at: datetime) -> None:
    grants.require(account_id=by_id, act=act, area_code=None, rail_code=move.rail.code, at=at)


def _record(act: str, move_id: int, by_id: int, at: datetime) -> None:
    audit.record(act=act, actor_id=by_id, subject="payments.move", subject_id=move_id, at=at)
