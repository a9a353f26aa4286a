"""
Money in suspense that is a sweep of ours come in: one person names the sweep, another decides.

A bank that tells the arrival before the sweep itself is known here tells of a credit that names no
bill. It is our own money, and nobody's to be paid back: as a release of that it goes from suspense
to what is between our accounts, and the sweep has arrived.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from kernel import audit
from payments.models import Explanation, Movement, Release
from payments.operations import matching, own_money
from payments.operations.own_money import CannotBe
from payments.policies import ASK_RELEASE, DECIDE_RELEASE
from payments.queries.arrivals import AFTER_DAYS_MAX, BEFORE_DAYS_MAX
from payments.states import ExplanationAnswer, Leg, ReleaseKind

log = structlog.get_logger()

PURPOSE = DECIDE_RELEASE.code


def ask(*, movement_id: int, sweep_id: int, reason: str, by_id: int, at: datetime) -> int:
    """
    Say that money in suspense is a sweep that arrived; return the release's id.

    :param sweep_id: the debit that left another rail, as a sweep or as two people explained it
    :raises accounts.policies.NotGranted: if she may not ask for releases, on the credit's rail
    :raises own_money.CannotBe, own_money.CameInPart, own_money.AlreadyAsked,
        holding_items.HeldByAnother: as `own_money.ask`
    """
    with transaction.atomic():
        credit = own_money.find_credit(movement_id)
        sweep = Movement.objects.filter(pk=sweep_id).first()
        matching.require(by_id, ASK_RELEASE.code, credit, at)
        if sweep is None or not _fits(sweep, credit):
            raise CannotBe(movement_id)
        asked = Release(
            movement=credit,
            kind=ReleaseKind.ARRIVED,
            sweep=sweep,
            reason=reason,
            maker_id=by_id,
            asked_at=at,
        )
        own_money.ask(asked, whole_minor=sweep.amount_minor)
        _record("arrival.asked", asked, by_id=by_id, at=at)
    log.info("arrival.asked", release_id=asked.pk)
    return asked.pk


def decide(
    *, release_id: int, approved: bool, by_id: int, at: datetime, step_up_id: int | None = None
) -> None:
    """
    Decide that a sweep has arrived: its money leaves suspense and is ours again; or not.

    :param step_up_id: to approve: of her fresh password for `PURPOSE`; used up by this
    :raises accounts.policies.NotGranted: if she may not decide about releases, on this rail
    :raises accounts.operations.StepUpRefused, accounts.queries.SamePerson, own_money.CannotBe,
        own_money.AlreadyDecided, holding_items.HeldByAnother: as `own_money.decide`
    """
    with transaction.atomic():
        rows = Release.objects.select_for_update(no_key=True, of=("self",))
        asked = rows.select_related("movement__rail").get(pk=release_id, kind=ReleaseKind.ARRIVED)
        matching.require(by_id, DECIDE_RELEASE.code, asked.movement, at)
        own_money.decide(
            asked,
            matching.lock_proposed(asked.movement_id),
            approved=approved,
            by_id=by_id,
            at=at,
            step_up_id=step_up_id,
            purpose=PURPOSE,
        )
        act = "arrival.approved" if approved else "arrival.declined"
        _record(act, asked, by_id=by_id, at=at)
    log.info("arrival.decided", release_id=release_id, approved=approved)


def _fits(sweep: Movement, credit: Movement) -> bool:
    first = sweep.occurred_at - timedelta(days=BEFORE_DAYS_MAX)
    last = sweep.occurred_at + timedelta(days=AFTER_DAYS_MAX)
    return (
        _is_sweep(sweep)
        and sweep.rail_id != credit.rail_id
        and sweep.currency == credit.currency
        and first <= credit.occurred_at <= last
    )


def _is_sweep(gone: Movement) -> bool:
    explained = Explanation.objects.filter(
        movement=gone, answer=ExplanationAnswer.SWEEP, approved=True
    )
    return gone.leg == Leg.SWEEP or (gone.leg == Leg.WITHDRAWAL and explained.exists())


def _record(act: str, asked: Release, *, by_id: int, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="payments.release",
        subject_id=asked.pk,
        detail={"amount_minor": asked.amount_minor, "currency": asked.currency},
        at=at,
    )
