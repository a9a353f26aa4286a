"""What control asks: debits to explain, limits, where sweeps go, what retired rails still hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet

from accounts import queries as accounts
from payments import sql
from payments.models import (
    Alarm,
    Explanation,
    LedgerAccount,
    Limit,
    LimitDefault,
    Move,
    MoveEnd,
    Movement,
    Rail,
    SweepAccount,
)
from payments.queries import board
from payments.states import AccountRole, Leg

SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Gone:
    """Money that left, ordered by nobody here, with what somebody says that it was."""

    movement_id: int
    rail_code: str
    external_id: str
    currency: str
    amount_minor: int
    occurred_at: datetime
    asked: Explanation | None  # It waits for its decision.
    asked_by: str


@dataclass(frozen=True, slots=True)
class ByTwo:
    """Something that one person asks for and another decides, with their names."""

    row: Any  # A Limit or a SweepAccount.
    maker: str
    checker: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order to empty a retired rail, whether its money has left, and whether it is given up."""

    row: Move
    maker: str
    checker: str
    has_left: bool
    end: MoveEnd | None  # It waits for its decision, or was approved.
    end_maker: str


@dataclass(frozen=True, slots=True)
class Held:
    """What the books hold on an account of ours."""

    account_id: int
    code: str
    rail_code: str
    names: dict[str, str]
    currency: str
    amount_minor: int
    is_movable: bool = False  # By an order of two people; a refund float is not.


def unexplained() -> list[Gone]:
    """Return the debits that nobody has explained, the oldest first, SHOWN_MAX at the most."""
    gone = Movement.objects.filter(leg=Leg.WITHDRAWAL).exclude(explanations__approved=True)
    rows = list(gone.select_related("rail").order_by("pk")[:SHOWN_MAX])
    asked = {
        one.movement_id: one
        for one in Explanation.objects.filter(movement__in=rows, decided_at=None)
    }
    names = _names(one.maker_id for one in asked.values())
    return [
        Gone(
            movement_id=row.pk,
            rail_code=row.rail.code,
            external_id=row.external_id,
            currency=row.currency,
            amount_minor=row.amount_minor,
            occurred_at=row.occurred_at,
            asked=asked.get(row.pk),
            asked_by=names.get(asked[row.pk].maker_id, "") if row.pk in asked else "",
        )
        for row in rows
    ]


def limits() -> list[ByTwo]:
    """Return the limits in force and those that wait for their decision, then the latest ended."""
    return _by_two(Limit.objects.exclude(approved=False))


def limit_defaults(*, at: datetime) -> list[LimitDefault]:
    """Return the pack's limits that hold, because two people have set none over all rails."""
    over_all = Limit.objects.filter(
        act=OuterRef("act"), currency=OuterRef("currency"), rail_code="*", approved=True
    )
    standing = over_all.filter(from_at__lte=at).exclude(until_at__lte=at)
    return list(LimitDefault.objects.filter(~Exists(standing)).order_by("-act", "currency"))


def sweep_accounts() -> list[ByTwo]:
    """Return the accounts in force and those that wait, then the latest that have ended."""
    return _by_two(SweepAccount.objects.exclude(approved=False).select_related("rail"))


def moves() -> list[Ordered]:
    """Return the orders to empty retired rails that wait or were given, the newest first."""
    rows = Move.objects.exclude(approved=False).select_related("rail", "sweep_account")
    found = list(rows.order_by("-pk")[:SHOWN_MAX])
    if not found:
        return []
    ends = {
        one.move_id: one for one in MoveEnd.objects.filter(move__in=found).exclude(approved=False)
    }
    told_by = {one.checker_id or 0 for one in found} | {one.maker_id for one in ends.values()}
    names = _names({one.maker_id for one in found} | told_by)
    waiting = {move_id for move_id, *_ in sql.run("control_moves")}
    return [
        Ordered(
            one,
            maker=names.get(one.maker_id, ""),
            checker=names.get(one.checker_id or 0, ""),
            has_left=one.approved is True
            and one.pk not in waiting
            and not (one.pk in ends and ends[one.pk].approved),
            end=ends.get(one.pk),
            end_maker=names.get(ends[one.pk].maker_id, "") if one.pk in ends else "",
        )
        for one in found
    ]


def retired() -> list[Held]:
    """Return what the books still hold on rails that payers are no longer shown."""
    own = (AccountRole.CLEARING, AccountRole.REFUND_FLOAT)
    return [one for one in _held(own, rail__active=False) if one.amount_minor]


def swept() -> list[Held]:
    """Return what was swept from a rail and has not arrived on another, by currency."""
    return [one for one in _held((AccountRole.SWEEPS_IN_TRANSIT,)) if one.amount_minor]


def ringing(kinds: Iterable[str]) -> list[Alarm]:
    """Return the open alarms of these kinds, the oldest first."""
    rows = Alarm.objects.filter(kind__in=list(kinds), cleared_at=None)
    return list(rows.order_by("raised_at", "pk")[:SHOWN_MAX])


def rails() -> list[Rail]:
    """Return every rail, retired ones too."""
    return list(Rail.objects.all())


def _held(roles: Iterable[str], **only: Any) -> list[Held]:
    wanted = LedgerAccount.objects.filter(role__in=list(roles), **only).select_related("rail")
    found = list(wanted.order_by("code"))
    balances = board.balances() if found else {}
    return [
        Held(
            account_id=one.pk,
            code=one.code,
            rail_code=one.rail.code if one.rail else "",
            names=one.rail.names if one.rail else {},
            currency=one.currency,
            amount_minor=balances.get(one.pk, 0),
            is_movable=one.role == AccountRole.CLEARING and balances.get(one.pk, 0) > 0,
        )
        for one in found
    ]


def _by_two(rows: QuerySet[Model]) -> list[ByTwo]:
    found: list[Any] = list(rows.order_by("-until_at", "-pk")[:SHOWN_MAX])
    people = {one.maker_id for one in found} | {one.checker_id for one in found}
    names = _names(one for one in people if one)
    return [
        ByTwo(one, names.get(one.maker_id, ""), names.get(one.checker_id or 0, "")) for one in found
    ]


def _names(account_ids: Iterable[int]) -> dict[int, str]:
    found = accounts.accounts(sorted(set(account_ids)))
    return {one.id: one.display_name or one.email or str(one.id) for one in found}
