"""What rails hold to pay refunds from, and what was asked to fill it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from payments.models import FloatTopUp, LedgerAccount, Posting, Rail, Refund
from payments.states import AccountRole
from payments.states import RefundState as R

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class Float:
    """What a rail holds to pay refunds from, what waits for it, and what was asked to fill it."""

    rail_code: str
    rail_names: dict[str, str]
    currency: str
    held_minor: int
    promised_minor: int  # Approved and not yet paid.
    wanted_minor: int  # Approved by people, waiting for funds.

    @property
    def missing_minor(self) -> int:
        return max(0, self.promised_minor + self.wanted_minor - self.held_minor)


@dataclass(frozen=True, slots=True)
class TopUpView:
    id: int
    rail_code: str
    rail_names: dict[str, str]
    currency: str
    amount_minor: int
    reason: str
    maker_id: int
    asked_at: datetime


def floats(rail_kinds: Sequence[str]) -> list[Float]:
    """Return the rails of these kinds, which pay refunds from a float, with what it holds."""
    rails = Rail.objects.filter(kind__in=rail_kinds, active=True).order_by("position", "code")
    return [_float(rail) for rail in rails]


def top_ups() -> list[TopUpView]:
    """Return the top-ups that wait to be confirmed, the oldest first."""
    rows = FloatTopUp.objects.select_related("rail").filter(confirmed_at=None).order_by("pk")
    return [
        TopUpView(
            id=one.pk,
            rail_code=one.rail.code,
            rail_names=one.rail.names,
            currency=one.currency,
            amount_minor=one.amount_minor,
            reason=one.reason,
            maker_id=one.maker_id,
            asked_at=one.asked_at,
        )
        for one in rows[:SHOWN_MAX]
    ]


def _float(rail: Rail) -> Float:
    account = LedgerAccount.objects.filter(
        rail=rail, role=AccountRole.REFUND_FLOAT, currency=rail.currency
    ).first()
    of_rail = Refund.objects.filter(movement__rail=rail, currency=rail.currency)
    promised = of_rail.filter(state__in=[R.APPROVED, R.SENDING, R.PENDING, R.UNKNOWN])
    return Float(
        rail_code=rail.code,
        rail_names=rail.names,
        currency=rail.currency,
        held_minor=_sum(Posting.objects.filter(account=account)) if account else 0,
        promised_minor=_sum(promised),
        wanted_minor=_sum(of_rail.filter(state=R.AWAITING_FUNDS)),
    )


def _sum(rows: QuerySet[Any]) -> int:
    return int(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
