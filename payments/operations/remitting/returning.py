"""
A batch that was paid and that its bank sends back: one person points at it, another decides.

The money stands in suspense as whatever came in and fits no bill. As a release of that it becomes
payable again, and its lines wait for the next batch. Only whole batches come back: of a part,
nobody can say which allocations it was.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts import queries as hands
from accounts.queries import SamePerson
from kernel import audit
from payments.models import Movement, Release, Remittance
from payments.operations import matching, own_money
from payments.operations.remitting import walking
from payments.operations.remitting.deciding import PURPOSE
from payments.operations.remitting.walking import TEXT_MAX
from payments.policies import ASK_REMITTANCE, DECIDE_REMITTANCE
from payments.states import Leg, ReleaseKind
from payments.states import RemittanceState as M

log = structlog.get_logger()

# A bank books by days: what came back on the day of the order may carry that day's beginning.
BOOKED_WITHIN = timedelta(days=1)


class NotAReturn(Exception):
    """This money cannot be that batch: another bank, before it was paid, taken, or nobody's."""


class ReturnInPart(Exception):
    """Another amount came than the batch's, in minor units; only whole batches come back."""

    def __init__(self, came_minor: int, batch_minor: int, currency: str) -> None:
        super().__init__(came_minor, batch_minor)
        self.came_minor = came_minor
        self.batch_minor = batch_minor
        self.currency = currency


class ReturnAsked(Exception):
    """Something is to be decided about this money, or about this batch's return."""


class ReturnDecided(Exception):
    """Somebody has decided about this return."""


def ask_return(
    *, remittance_id: int, movement_id: int, reason: str, by_id: int, at: datetime
) -> int:
    """
    Say that money in suspense is a paid batch come back; return the release's id.

    :raises accounts.policies.NotGranted: if she may not ask for remittances, on this rail
    :raises NotAReturn: if it cannot be that batch, or nobody says why
    :raises ReturnInPart: if it is not all of the batch
    :raises ReturnAsked: if something is to be decided about it
    :raises holding_items.HeldByAnother: if somebody else looks into that money
    """
    with transaction.atomic():
        batch = walking.lock(remittance_id)
        walking.require_right(ASK_REMITTANCE.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        credit = Movement.objects.filter(pk=movement_id, leg=Leg.CREDIT).first()
        if credit is None or not reason.strip():
            raise NotAReturn(movement_id)
        _require_fit(batch, credit)
        asked = Release(
            movement=credit,
            kind=ReleaseKind.RETURNED,
            remittance_id=batch.pk,
            currency=batch.currency,
            amount_minor=batch.amount_minor,
            reason=reason.strip()[:TEXT_MAX],
            maker_id=by_id,
            asked_at=at,
        )
        own_money.ask(asked, unfit=NotAReturn, waits=ReturnAsked)
        _record("remittance.return_asked", batch, by_id=by_id, at=at)
    log.info("remittance.return_asked", release_id=asked.pk)
    return asked.pk


def decide_return(
    *, release_id: int, approved: bool, by_id: int, at: datetime, step_up_id: int | None = None
) -> None:
    """
    Decide that a batch has come back: its money leaves suspense and is payable again; or not.

    :param step_up_id: to approve: of her fresh password for `PURPOSE`; used up by this
    :raises accounts.policies.NotGranted: if she may not decide about remittances, on this rail
    :raises accounts.operations.StepUpRefused: if she approves and showed no password
    :raises SamePerson: if she asked for it
    :raises ReturnDecided: if it is decided
    :raises NotAReturn: if less of it stands in suspense meanwhile
    :raises holding_items.HeldByAnother: if somebody else looks into that money
    """
    with transaction.atomic():
        rows = Release.objects.select_for_update(no_key=True, of=("self",))
        asked = rows.select_related("movement").get(pk=release_id, kind=ReleaseKind.RETURNED)
        proposed = matching.lock_proposed(asked.movement_id)
        batch = walking.lock(asked.remittance_id or 0)
        walking.require_right(DECIDE_REMITTANCE.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        if hands.same_hands(asked.maker_id, by_id):
            raise SamePerson
        if asked.decided_at is not None:
            raise ReturnDecided(release_id)
        own_money.decide(
            asked,
            proposed,
            approved=approved,
            by_id=by_id,
            at=at,
            step_up_id=step_up_id,
            purpose=PURPOSE,
            unfit=NotAReturn,
        )
        act = "remittance.returned" if approved else "remittance.return_declined"
        _record(act, batch, by_id=by_id, at=at)
    log.info("remittance.return_decided", release_id=release_id, approved=approved)


def _require_fit(batch: Remittance, credit: Movement) -> None:
    if (
        batch.state != M.CONFIRMED
        or (credit.rail_id, credit.currency) != (batch.rail_id, batch.currency)
        or batch.approved_at is None
        or credit.occurred_at < batch.approved_at - BOOKED_WITHIN
    ):
        raise NotAReturn(credit.pk)
    if credit.amount_minor != batch.amount_minor:
        raise ReturnInPart(credit.amount_minor, batch.amount_minor, batch.currency)


def _record(act: str, batch: Remittance, *, by_id: int, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="payments.remittance",
        subject_id=batch.pk,
        detail={"amount_minor": batch.amount_minor, "currency": batch.currency},
        at=at,
    )
