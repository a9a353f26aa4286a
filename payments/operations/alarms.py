"""Alarms: raised once as long as they stand, cleared by a person or with their cause."""

from collections.abc import Collection, Mapping
from datetime import datetime

import structlog
from django.db import IntegrityError, transaction

from accounts import policies as grants
from kernel import audit, outbox
from payments import events
from payments.models import Alarm, AlarmAnswer, AlarmAnswerCode, Movement, Refund
from payments.policies import CLEAR_ALARM
from payments.states import AlarmKind

log = structlog.get_logger()

Facts = Mapping[str, str | int | bool | None]


NOTE_CHARACTERS_MAX = 500
# Nobody clears these without saying what was found.
NEED_ANSWER = frozenset(
    {
        AlarmKind.DEBIT_UNEXPLAINED,
        AlarmKind.CHARGE_NOT_TARIFF,
        AlarmKind.BALANCE_DIFFERS,
        AlarmKind.INVARIANT_BROKEN,
        AlarmKind.SWEEP_UNREGISTERED,
        AlarmKind.RETIRED_RAIL_PAID,
        AlarmKind.NOT_ON_STATEMENT,
        AlarmKind.SWEEP_NOT_ARRIVED,
        AlarmKind.REMITTANCE_NOT_CONFIRMED,
        AlarmKind.MOVE_NOT_LEFT,
        AlarmKind.STATEMENT_GAP,
        AlarmKind.STATEMENT_UNBALANCED,
    }
)


class AlarmCleared(Exception):
    """The alarm has been cleared already."""


class NeedsAnswer(Exception):
    """An alarm of this kind goes only with an answer from the list and a note."""


def raise_(
    *, kind: AlarmKind, subject: str, rail_code: str = "", facts: Facts, at: datetime
) -> int | None:
    """
    Ring, unless it rings already; return the alarm's id, or None.

    :param subject: what it is about: "movement:17", an invariant's code; never a person
    :param facts: codes, ids and amounts for whoever looks
    """
    try:
        with transaction.atomic():
            alarm = Alarm.objects.create(
                kind=kind, subject=subject, rail_code=rail_code, facts=dict(facts), raised_at=at
            )
            outbox.publish(events.AlarmRaised(subject_id=alarm.pk, occurred_at=at))
    except IntegrityError as error:
        if "alarm_rings_once" not in str(error):
            raise
        return None
    log.error("alarm.raised", alarm_id=alarm.pk, kind=kind.value, subject=subject, rail=rail_code)
    return alarm.pk


def clear(*, alarm_id: int, by_id: int, at: datetime, answer: str = "", note: str = "") -> None:
    """
    Note that a person has looked into it, and what she found: some kinds must be answered.

    :param answer: an `AlarmAnswerCode`; "" where the kind needs none
    :raises accounts.policies.NotGranted: if she may not
    :raises AlarmCleared: if somebody has done so before
    :raises NeedsAnswer: if the kind must be answered and is not, or the answer says nothing
    """
    with transaction.atomic():
        alarm = Alarm.objects.select_for_update().get(pk=alarm_id)
        grants.require(
            account_id=by_id,
            act=CLEAR_ALARM.code,
            area_code=None,
            rail_code=alarm.rail_code or grants.ANY,
            at=at,
        )
        if alarm.cleared_at is not None:
            raise AlarmCleared(alarm_id)
        if answer:
            _answer(alarm, answer, note, by_id=by_id, at=at)
        elif alarm.kind in NEED_ANSWER and not AlarmAnswer.objects.filter(alarm=alarm).exists():
            raise NeedsAnswer(alarm_id)
        alarm.cleared_at, alarm.cleared_by_id = at, by_id
        alarm.save(update_fields=["cleared_at", "cleared_by"])
        audit.record(
            act=CLEAR_ALARM.code,
            actor_id=by_id,
            subject="payments.alarm",
            subject_id=alarm_id,
            detail={"kind": alarm.kind, "answer": answer},
            at=at,
        )
    log.info("alarm.cleared", alarm_id=alarm_id)


def explained(*, movement_id: int, note: str, by_id: int, at: datetime) -> None:
    """Clear the alarm about a debit that two people have explained, if it still rings."""
    ringing = Alarm.objects.select_for_update().filter(
        kind=AlarmKind.DEBIT_UNEXPLAINED, subject=f"movement:{movement_id}", cleared_at=None
    )
    for alarm in ringing:
        _answer(alarm, AlarmAnswerCode.EXPLAINED, note, by_id=by_id, at=at)
        alarm.cleared_at, alarm.cleared_by_id = at, by_id
        alarm.save(update_fields=["cleared_at", "cleared_by"])
        log.info("alarm.cleared", alarm_id=alarm.pk)


def _answer(alarm: Alarm, answer: str, note: str, *, by_id: int, at: datetime) -> None:
    told = note.strip()[:NOTE_CHARACTERS_MAX]
    if answer not in AlarmAnswerCode or not told:
        raise NeedsAnswer(alarm.pk)
    AlarmAnswer.objects.create(alarm=alarm, account_id=by_id, answer=answer, note=told, at=at)


def settle(kind: AlarmKind, *, still: Collection[tuple[str, str]], at: datetime) -> int:
    """
    Clear the alarms of a kind whose cause is gone; return how many.

    :param still: subject and rail code of those that stand
    """
    with transaction.atomic():
        ringing = Alarm.objects.select_for_update().filter(kind=kind, cleared_at=None)
        gone = [
            alarm.pk
            for alarm in ringing.order_by("pk")
            if (alarm.subject, alarm.rail_code) not in still
        ]
        Alarm.objects.filter(pk__in=gone).update(cleared_at=at)
    for alarm_id in gone:
        log.info("alarm.settled", alarm_id=alarm_id, kind=kind.value)
    return len(gone)


def debit_unexplained(*, movement_id: int, at: datetime) -> int | None:
    """Ring because money left an account of ours, and nobody here ordered it."""
    movement = Movement.objects.select_related("rail").get(pk=movement_id)
    return raise_(
        kind=AlarmKind.DEBIT_UNEXPLAINED,
        subject=f"movement:{movement_id}",
        rail_code=movement.rail.code,
        facts={"amount_minor": movement.amount_minor, "currency": movement.currency},
        at=at,
    )


def refund_in_trouble(kind: AlarmKind, *, refund_id: int, reason: str, at: datetime) -> int | None:
    """Ring because a refund has failed, or does not come to its end."""
    refund = Refund.objects.select_related("movement__rail").get(pk=refund_id)
    return raise_(
        kind=kind,
        subject=f"refund:{refund_id}",
        rail_code=refund.movement.rail.code,
        facts={
            "state": refund.state,
            "reason": reason,
            "amount_minor": refund.amount_minor,
            "currency": refund.currency,
        },
        at=at,
    )
