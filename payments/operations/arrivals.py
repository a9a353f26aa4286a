"""
Money in suspense that is a sweep of ours come in: one person names the sweep, another decides.

A bank that tells the arrival before the sweep itself is known here tells of a credit that names no
bill. It is our own money, and nobody's to be paid back: as a release of that it goes from suspense
to what is between our accounts, and the sweep has arrived.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts import queries as hands
from accounts.queries import SamePerson
from kernel import audit
from payments.models import Explanation, Movement, Release
from payments.operations import matching, own_money
from payments.operations.refunding import REASON_CHARS_MAX
from payments.policies import ASK_RELEASE, DECIDE_RELEASE
from payments.queries.arrivals import AFTER_DAYS_MAX, BEFORE_DAYS_MAX
from payments.states import ExplanationAnswer, Leg, ReleaseKind

log = structlog.get_logger()

PURPOSE = DECIDE_RELEASE.code


class NotAnArrival(Exception):
    """
    This money cannot be that sweep: the same rail, another time, arrived, taken, or nobody's word.
    """


class ArrivalInPart(Exception):
    """Another amount came than was swept, in minor units; a sweep arrives as a whole."""

    def __init__(self, came_minor: int, swept_minor: int, currency: str) -> None:
        super().__init__(came_minor, swept_minor)
        self.came_minor = came_minor
        self.swept_minor = swept_minor
        self.currency = currency


class ArrivalAsked(Exception):
    """Something is to be decided about this money, or about this sweep's arrival."""


class ArrivalDecided(Exception):
    """Somebody has decided about this arrival."""


def ask(*, movement_id: int, sweep_id: int, reason: str, by_id: int, at: datetime) -> int:
    """
    Say that money in suspense is a sweep that arrived; return the release's id.

    :param sweep_id: the debit that left another rail, as a sweep or as two people explained it
    :raises accounts.policies.NotGranted: if she may not ask for releases, on the credit's rail
    :raises NotAnArrival: if it cannot be that sweep, or nobody says why
    :raises ArrivalInPart: if it is not all of the sweep
    :raises ArrivalAsked: if something is to be decided about it
    :raises holding_items.HeldByAnother: if somebody else looks into that money
    """
    with transaction.atomic():
        rows = Movement.objects.select_related("rail")
        credit = rows.filter(pk=movement_id, leg=Leg.CREDIT).first()
        sweep = rows.filter(pk=sweep_id).first()
        if credit is None or sweep is None or not reason.strip():
            raise NotAnArrival(movement_id)
        matching.require(by_id, ASK_RELEASE.code, credit, at)
        _require_fit(sweep, credit)
        asked = Release(
            movement=credit,
            kind=ReleaseKind.ARRIVED,
            sweep=sweep,
            currency=sweep.currency,
            amount_minor=sweep.amount_minor,
            reason=reason.strip()[:REASON_CHARS_MAX],
            maker_id=by_id,
            asked_at=at,
        )
        own_money.ask(asked, unfit=NotAnArrival, waits=ArrivalAsked)
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
    :raises accounts.operations.StepUpRefused: if she approves and showed no password
    :raises SamePerson: if she asked for it
    :raises ArrivalDecided: if it is decided
    :raises NotAnArrival: if less of it stands in suspense meanwhile, or the sweep has arrived
    :raises holding_items.HeldByAnother: if somebody else looks into that money
    """
    with transaction.atomic():
        rows = Release.objects.select_for_update(no_key=True, of=("self",))
        asked = rows.select_related("movement__rail").get(pk=release_id, kind=ReleaseKind.ARRIVED)
        matching.require(by_id, DECIDE_RELEASE.code, asked.movement, at)
        if hands.same_hands(asked.maker_id, by_id):
            raise SamePerson
        if asked.decided_at is not None:
            raise ArrivalDecided(release_id)
        own_money.decide(
            asked,
            matching.lock_proposed(asked.movement_id),
            approved=approved,
            by_id=by_id,
            at=at,
            step_up_id=step_up_id,
            purpose=PURPOSE,
            unfit=NotAnArrival,
        )
        act = "arrival.approved" if approved else "arrival.declined"
        _record(act, asked, by_id=by_id, at=at)
    log.info("arrival.decided", release_id=release_id, approved=approved)


def _require_fit(sweep: Movement, credit: Movement) -> None:
    left = timedelta(days=BEFORE_DAYS_MAX)
    if (
        not _is_sweep(sweep)
        or sweep.rail_id == credit.rail_id
        or sweep.currency != credit.currency
        or credit.occurred_at < sweep.occurred_at - left
        or credit.occurred_at > sweep.occurred_at + timedelta(days=AFTER_DAYS_MAX)
    ):
        raise NotAnArrival(credit.pk)
    if credit.amount_minor != sweep.amount_minor:
        raise ArrivalInPart(credit.amount_minor, sweep.amount_minor, sweep.currency)


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
