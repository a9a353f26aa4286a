"""What of a collection may go back, by which road, and whose it is."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from accounts import queries as accounts
from payments import gateways
from payments.models import (
    Allocation,
    Bill,
    Explanation,
    LedgerAccount,
    Movement,
    Posting,
    Rail,
    Refund,
    Release,
    SuspenseItem,
)
from payments.posting import reserving
from payments.states import AccountRole
from payments.states import RefundState as R


class NothingToRefund(Exception):
    """The collection is gone already, or less of it is left than is asked for."""


class RefundInWhole(Exception):
    """This rail pays a collection back in whole or not at all."""


class OwnMoney(Exception):
    """Nobody asks for, or decides, a refund of what she was billed herself."""


def pays_back(*, kind: str, rail_code: str) -> bool:
    """Say whether a rail can be ordered to pay a collection back, under the contract we hold."""
    try:
        gateways.refunds(kind=kind, rail_code=rail_code)
    except gateways.NoGateway:
        return False
    return True


def pays_back_by(rail: Rail) -> bool:
    return pays_back(kind=rail.kind, rail_code=rail.code)


def refuse_part(movement: Movement, amount_minor: int) -> None:
    # An order of such a rail names no amount: it would pay back the whole.
    vendor = gateways.VENDORS.get(movement.rail.kind)
    if amount_minor < movement.amount_minor and not (vendor and vendor.refunds_in_part):
        raise RefundInWhole(movement.pk)


def refuse_own(bill_id: int | None, *, by_id: int, at: datetime) -> None:
    if bill_id is None:
        return  # Nobody was billed: that money fits no bill.
    contact_id = Bill.objects.values_list("payer_contact_id", flat=True).get(pk=bill_id)
    if contact_id and accounts.is_reached_at(account_id=by_id, contact_id=contact_id, at=at):
        raise OwnMoney


def left_minor(movement_id: int, *, besides: int | None = None) -> int:
    """
    Return what of a collection could still go back: what stands, less what is promised.

    What was taken back, refunded or released stands nowhere any more. Whatever waits for a second
    person is a promise: other refunds, releases, explanations that take it back.
    """
    stands = (
        _sum_minor(rows.objects.filter(movement_id=movement_id))
        for rows in (Allocation, SuspenseItem)
    )
    refunds = Refund.objects.filter(
        movement_id=movement_id, state__in=[R.REQUESTED, R.AWAITING_FUNDS]
    )
    promised = (
        _sum_minor(refunds.exclude(pk=besides or 0)),
        _sum_minor(Release.objects.filter(movement_id=movement_id, approved=None)),
        _sum_minor(
            Explanation.objects.filter(original_id=movement_id, approved=None),
            of="movement__amount_minor",
        ),
    )
    return sum(stands) - sum(promised)


def _sum_minor(rows: QuerySet[Any], *, of: str = "amount_minor") -> int:
    return int(rows.aggregate(sum=Sum(of))["sum"] or 0)


def require_left(movement: Movement, amount_minor: int, *, besides: int | None = None) -> None:
    """:raises NothingToRefund: if less than that could still go back"""
    if not 0 < amount_minor <= left_minor(movement.pk, besides=besides):
        raise NothingToRefund(movement.pk)


def bill_of(movement: Movement) -> int | None:
    suspended = movement.suspense_items.filter(bill__isnull=False).values_list("bill_id", flat=True)
    paid = movement.allocations.values_list("line__bill_id", flat=True)
    return paid.first() or suspended.first()


def has_funds(refund: Refund) -> bool:
    rail = refund.movement.rail
    vendor = gateways.VENDORS.get(rail.kind)
    if vendor is None or not vendor.refunds_from_float:
        return True
    reserving.hold_float(rail.pk)
    account = LedgerAccount.objects.filter(
        rail=rail, role=AccountRole.REFUND_FLOAT, currency=refund.currency
    ).first()
    held = Posting.objects.filter(account=account).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    in_transit = Refund.objects.filter(
        movement__rail=rail,
        currency=refund.currency,
        state__in=[R.APPROVED, R.SENDING, R.PENDING, R.UNKNOWN],
    ).aggregate(sum=Sum("amount_minor"))["sum"]
    return bool(held - (in_transit or 0) >= refund.amount_minor)
