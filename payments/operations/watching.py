"""
What a person should look into, found by looking: once an hour, and each thing rings once.

Facts (a charge that is not the tariff, evidence that disagrees, a refund that failed, a statement
that is held back) ring until a person clears them, and then no more; a statement that is held back
stands as a difference of the day until its lines are told. Conditions (a silent rail, a
refund that hangs) clear themselves, and ring again as long as they last.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from payments import sql, tariff
from payments.models import Alarm, Difference, Refund, Statement
from payments.operations import alarms, balancing, channels, unstated
from payments.operations.controlling import arriving, looking
from payments.states import AlarmKind, RefundState, StatementState

# How far back a look reaches: what rang meanwhile is known by its alarm.
REACH = timedelta(days=2)
# A refund that has left has had its answer by then, or a person must ask.
REFUND_SETTLES_WITHIN = timedelta(hours=24)
# The statement that shows what was paid by hand comes with the next working day.
SHOWN_WITHIN = timedelta(days=3)
# A payer who has not come to a desk by then may never come.
DESK_WAITS = timedelta(days=30)
_AT_A_DESK = Q(state=RefundState.APPROVED, by_hand=True, payee=None)
# Why a message is set aside although all is in order with it.
CALM = ("tells_no_money", "not_a_credit", "said_twice")


def watch(now: datetime) -> int:
    """Look everywhere; return how many alarms were raised."""
    raised = [
        *_charges(now),
        *_differences(now),
        *_messages(now),
        *channels.ring(now),
        *_stuck_refunds(now),
        *_failed_refunds(now),
        *_held_statements(now),
        *unstated.look(now),
        *_balances(now),
        *looking.look(now),
        *arriving.look(now),
    ]
    return sum(alarm_id is not None for alarm_id in raised)


def statement_imported(*, statement_id: int, at: datetime) -> int | None:
    """Ring at once for a statement that is held back, and not only at the next look."""
    statement = Statement.objects.select_related("rail").filter(pk=statement_id).first()
    if statement is None or statement.state != StatementState.KEPT or not statement.held_back:
        return None
    return _ring_for(statement, at=at)


def _charges(now: datetime) -> list[int | None]:
    found = [
        (movement_id, rail_code, json.loads(rates), kept_minor, amount_minor)
        for movement_id, rail_code, rates, kept_minor, amount_minor in _rows("watch_charges", now)
    ]
    unknown = {
        rail_code: movement_id
        for movement_id, rail_code, rates, *_ in reversed(found)
        if not tariff.is_known(rates)
    }
    return [
        *(_no_tariff(rail_code, first_id, now) for rail_code, first_id in unknown.items()),
        *_not_tariff([charge for charge in found if tariff.is_known(charge[2])], now),
    ]


def _no_tariff(rail_code: str, movement_id: int, now: datetime) -> int | None:
    """Ring once for all charges of a rail whose tariff nobody has told us."""
    kind, subject = AlarmKind.CHARGE_NOT_TARIFF, "tariff"
    if Alarm.objects.filter(kind=kind, subject=subject, rail_code=rail_code).exists():
        return None
    return alarms.raise_(
        kind=kind,
        subject=subject,
        rail_code=rail_code,
        facts={"why": "no tariff known", "first_movement_id": movement_id},
        at=now,
    )


def _not_tariff(found: Sequence[tuple[Any, ...]], now: datetime) -> list[int | None]:
    return [
        alarms.raise_(
            kind=AlarmKind.CHARGE_NOT_TARIFF,
            subject=f"movement:{movement_id}",
            rail_code=rail_code,
            facts={
                "kept_minor": kept_minor,
                "amount_minor": amount_minor,
                "tariff_minor": amount_minor and tariff.charge_minor(rates, amount_minor),
            },
            at=now,
        )
        for movement_id, rail_code, rates, kept_minor, amount_minor in found
        if not tariff.explains(rates, amount_minor=amount_minor, kept_minor=kept_minor)
    ]


def _differences(now: datetime) -> list[int | None]:
    fresh = Difference.objects.filter(noted_at__gt=now - REACH).select_related("movement__rail")
    rang = set(
        Alarm.objects.filter(
            kind=AlarmKind.EVIDENCE_DISAGREES, raised_at__gt=now - 2 * REACH
        ).values_list("subject", flat=True)
    )
    return [
        alarms.raise_(
            kind=AlarmKind.EVIDENCE_DISAGREES,
            subject=f"difference:{one.pk}",
            rail_code=one.movement.rail.code,
            facts={
                "movement_id": one.movement_id,
                "amount_minor": one.movement.amount_minor,
                "told_amount_minor": one.told_amount_minor,
                "told_currency": one.told_currency,
            },
            at=now,
        )
        for one in fresh.order_by("pk")
        if f"difference:{one.pk}" not in rang
    ]


def _messages(now: datetime) -> list[int | None]:
    return [
        alarms.raise_(
            kind=AlarmKind.MESSAGE_UNREADABLE,
            subject=reason,
            rail_code=rail_code,
            facts={"messages": count, "first_message_id": first_id},
            at=now,
        )
        for rail_code, reason, count, first_id in _rows("watch_messages", now, calm=list(CALM))
    ]


def _stuck_refunds(now: datetime) -> list[int | None]:
    kind = AlarmKind.REFUND_STUCK
    late = now - REFUND_SETTLES_WITHIN
    hangs = Q(state__in=(RefundState.SENDING, RefundState.PENDING, RefundState.UNKNOWN))
    stuck = list(
        Refund.objects.filter(hangs | Q(state=RefundState.APPROVED))
        .filter(Q(sent_at__lte=late) | Q(sent_at=None, decided_at__lte=late))
        # What was paid by hand is answered by a statement alone.
        .exclude(payee__paid_at__gt=now - SHOWN_WITHIN)
        # What waits for a payer at a desk waits for her.
        .exclude(_AT_A_DESK, decided_at__gt=now - DESK_WAITS)
        .select_related("movement__rail", "payee")
        .order_by("pk")
    )
    # What waits for funds and cannot be held rang when that was seen, and rings while it waits.
    waiting = Refund.objects.filter(state=RefundState.AWAITING_FUNDS)
    standing = [*stuck, *waiting.select_related("movement__rail")]
    still = {(f"refund:{one.pk}", one.movement.rail.code) for one in standing}
    alarms.settle(kind, still=still, at=now)
    return [
        alarms.refund_in_trouble(kind, refund_id=one.pk, reason=_why_stuck(one), at=now)
        for one in stuck
    ]


def _why_stuck(refund: Refund) -> str:
    at_a_desk = refund.state == RefundState.APPROVED and refund.by_hand
    return "nobody_came" if at_a_desk and not hasattr(refund, "payee") else "no_outcome"


def _failed_refunds(now: datetime) -> list[int | None]:
    kind = AlarmKind.REFUND_FAILED
    failed = Refund.objects.filter(state=RefundState.FAILED, ended_at__gt=now - REACH)
    recent = Alarm.objects.filter(kind=kind, raised_at__gt=now - 2 * REACH)
    rang = set(recent.values_list("subject", flat=True))
    return [
        alarms.refund_in_trouble(kind, refund_id=one.pk, reason=one.failure_reason, at=now)
        for one in failed.order_by("pk")
        if f"refund:{one.pk}" not in rang
    ]


def _held_statements(now: datetime) -> list[int | None]:
    ids = [statement_id for (statement_id,) in sql.run("watch_held")]
    held = list(Statement.objects.filter(pk__in=ids).select_related("rail").order_by("pk"))
    raised = []
    for kind in (AlarmKind.STATEMENT_GAP, AlarmKind.STATEMENT_UNBALANCED):
        these = [one for one in held if _why_held(one) is kind]
        still = {(f"statement:{one.pk}", _rail_of(one)) for one in these}
        alarms.settle(kind, still=still, at=now)
        raised += [_ring_for(one, at=now) for one in these]
    return raised


def _balances(now: datetime) -> list[int | None]:
    compared = balancing.compared(now)
    agree = {one.rail_code for one in compared if not one.off_minor}
    # Where nobody has told a balance since, what rang goes on ringing.
    ringing = Alarm.objects.filter(kind=AlarmKind.BALANCE_DIFFERS, cleared_at=None)
    still = {(alarm.subject, alarm.rail_code) for alarm in ringing if alarm.rail_code not in agree}
    alarms.settle(AlarmKind.BALANCE_DIFFERS, still=still, at=now)
    return [
        alarms.raise_(
            kind=AlarmKind.BALANCE_DIFFERS,
            subject="balance",
            rail_code=one.rail_code,
            facts={
                "held_minor": one.held_minor,
                "books_minor": one.books_minor,
                "off_minor": one.off_minor,
                "currency": one.currency,
            },
            at=now,
        )
        for one in compared
        if one.persists
    ]


def _why_held(statement: Statement) -> AlarmKind:
    is_gap = statement.held_back == "gap"
    return AlarmKind.STATEMENT_GAP if is_gap else AlarmKind.STATEMENT_UNBALANCED


def _rail_of(statement: Statement) -> str:
    return statement.rail.code if statement.rail else ""


def _ring_for(statement: Statement, *, at: datetime) -> int | None:
    subject = f"statement:{statement.pk}"
    if Alarm.objects.filter(kind=_why_held(statement), subject=subject).exists():
        return None  # Somebody has looked into it, and it stays as it is.
    return alarms.raise_(
        kind=_why_held(statement),
        subject=subject,
        rail_code=_rail_of(statement),
        facts={
            "held_back": statement.held_back,
            "from_day": statement.from_day.isoformat() if statement.from_day else None,
            "to_day": statement.to_day.isoformat() if statement.to_day else None,
            "difference_minor": statement.difference_minor,
        },
        at=at,
    )


def _rows(name: str, now: datetime, **more: Any) -> list[tuple[Any, ...]]:
    return sql.run(name, since=now - REACH, **more)
