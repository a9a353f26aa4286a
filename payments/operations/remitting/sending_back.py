"""
A batch that was paid and that its bank sends back: one person points at it, another decides.

The money stands in suspense as whatever came in and fits no bill. As a release of that it becomes
payable again, and its lines wait for the next batch. Only whole batches come back: of a part,
nobody can say which allocations it was.
"""

from datetime import datetime

import structlog
from django.db import transaction

from kernel import audit
from payments.models import Movement, Release, Remittance
from payments.operations import matching, own_money
from payments.operations.own_money import CannotBe
from payments.operations.remitting import walking
from payments.operations.remitting.deciding import PURPOSE
from payments.policies import ASK_REMITTANCE, DECIDE_REMITTANCE
from payments.queries.aftermath import BOOKED_WITHIN
from payments.states import ReleaseKind
from payments.states import RemittanceState as M

log = structlog.get_logger()


def ask_sent_back(
    *, remittance_id: int, movement_id: int, reason: str, by_id: int, at: datetime
) -> int:
    """
    Say that money in suspense is a paid batch come back; return the release's id.

    :raises accounts.policies.NotGranted: if she may not ask for remittances, on this rail
    :raises own_money.CannotBe, own_money.CameInPart, own_money.AlreadyAsked,
        holding_items.HeldByAnother: as `own_money.ask`
    """
    with transaction.atomic():
        batch = walking.lock(remittance_id)
        walking.require_right(ASK_REMITTANCE.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        credit = own_money.find_credit(movement_id)
        if not _fits(batch, credit):
            raise CannotBe(movement_id)
        asked = Release(
            movement=credit,
            kind=ReleaseKind.SENT_BACK,
            remittance_id=batch.pk,
            reason=reason,
            maker_id=by_id,
            asked_at=at,
        )
        own_money.ask(asked, whole_minor=batch.amount_minor)
        _record("remittance.return_asked", batch, by_id=by_id, at=at)
    log.info("remittance.return_asked", release_id=asked.pk)
    return asked.pk


def decide_sent_back(
    *, release_id: int, approved: bool, by_id: int, at: datetime, step_up_id: int | None = None
) -> None:
    """
    Decide that a batch has come back: its money leaves suspense and is payable again; or not.

    :param step_up_id: to approve: of her fresh password for `PURPOSE`; used up by this
    :raises accounts.policies.NotGranted: if she may not decide about remittances, on this rail
    :raises accounts.operations.StepUpRefused, accounts.queries.SamePerson, own_money.CannotBe,
        own_money.AlreadyDecided, holding_items.HeldByAnother: as `own_money.decide`
    """
    with transaction.atomic():
        rows = Release.objects.select_for_update(no_key=True, of=("self",))
        asked = rows.select_related("movement").get(pk=release_id, kind=ReleaseKind.SENT_BACK)
        proposed = matching.lock_proposed(asked.movement_id)
        batch = walking.lock(asked.remittance_id or 0)
        walking.require_right(DECIDE_REMITTANCE.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        own_money.decide(
            asked,
            proposed,
            approved=approved,
            by_id=by_id,
            at=at,
            step_up_id=step_up_id,
            purpose=PURPOSE,
        )
        act = "remittance.returned" if approved else "remittance.return_declined"
        _record(act, batch, by_id=by_id, at=at)
    log.info("remittance.return_decided", release_id=release_id, approved=approved)


def _fits(batch: Remittance, credit: Movement) -> bool:
    return (
        batch.state == M.CONFIRMED
        and (credit.rail_id, credit.currency) == (batch.rail_id, batch.currency)
        and batch.approved_at is not None
        and credit.occurred_at >= batch.approved_at - BOOKED_WITHIN
    )


def _record(act: str, batch: Remittance, *, by_id: int, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="payments.remittance",
        subject_id=batch.pk,
        detail={"amount_minor": batch.amount_minor, "currency": batch.currency},
        at=at,
    )
