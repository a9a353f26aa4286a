"""
Which money should go back, by rule; two people still decide (`refunding`).

DESIGN, section 7: what is over, and what comes for a bill that is paid or cancelled, is proposed
the same day; what was paid in part, when the bill's term ends without the rest.
"""

from datetime import datetime

from django.db.models import Sum

from payments.models import Allocation, Bill, BillLine, Refund, SuspenseItem
from payments.operations import refunding
from payments.queries.returning import EXPIRED_IN_PART
from payments.states import BillState, RefundState, SuspenseReason

# Why the money stands in suspense, and the rule that wants it paid back.
RULES: dict[str, str] = {
    SuspenseReason.OVERPAID: "overpaid",
    SuspenseReason.ALREADY_PAID: "paid_twice",
    SuspenseReason.BILL_CANCELLED: "bill_cancelled",
}
WITHDRAWN = "withdrawn"

# Wanted back, and still standing where it stands.
_UNDECIDED = (RefundState.PROPOSED, RefundState.REQUESTED, RefundState.AWAITING_FUNDS)


def for_suspended(*, movement_id: int, at: datetime) -> int | None:
    """Propose what a rule wants back of a movement in suspense; return the refund's id, if any."""
    item = SuspenseItem.objects.filter(movement_id=movement_id, reason__in=RULES).first()
    if item is None:
        return None
    try:
        return refunding.propose(
            movement_id=movement_id,
            amount_minor=item.amount_minor,
            rule=RULES[item.reason],
            reason=item.reason,
            at=at,
        )
    except refunding.NothingToRefund:
        return None  # Taken back, or asked for by a person, in the meantime.


def for_expired(*, bill_id: int, at: datetime) -> list[int]:
    """Propose the parts of a bill whose term has ended without the rest; return the refunds."""
    bill = Bill.objects.get(pk=bill_id)
    if bill.state != BillState.EXPIRED:
        return []  # The rest has come in the meantime.
    return _for_allocated(bill_id, rule=EXPIRED_IN_PART, at=at)


def for_withdrawn(*, bill_id: int, at: datetime) -> list[int]:
    """Propose what was paid for a bill whose only case was withdrawn; return the refunds."""
    return _for_allocated(bill_id, rule=WITHDRAWN, at=at)


def for_charges(*, bill_id: int, charge_prefix: str, at: datetime) -> list[int]:
    """
    Propose what was paid for some charges of a bill; the rest of its money stays where it is.

    :param charge_prefix: how their keys begin
    """
    rule = f"{WITHDRAWN}:{charge_prefix}"
    lines = BillLine.objects.filter(bill_id=bill_id, charge_key__startswith=charge_prefix)
    wanted_minor = lines.aggregate(asked=Sum("amount_minor"))["asked"] or 0
    proposed = []
    for movement_id, stands_minor in _unclaimed(bill_id, besides=rule):
        amount_minor = min(stands_minor, wanted_minor)
        if amount_minor <= 0:
            continue
        try:
            refund_id = refunding.propose(
                movement_id=movement_id,
                amount_minor=amount_minor,
                rule=rule,
                reason=WITHDRAWN,
                at=at,
            )
        except refunding.NothingToRefund:
            continue
        proposed.append(refund_id)
        wanted_minor -= amount_minor
    return proposed


def _unclaimed(bill_id: int, *, besides: str) -> list[tuple[int, int]]:
    """Return each movement with what of it stands on the bill and nothing open wants back."""
    claims = dict(
        Refund.objects.filter(bill_id=bill_id, state__in=_UNDECIDED)
        .exclude(rule=besides)
        .values_list("movement_id")
        .annotate(Sum("amount_minor"))
    )
    stands = (
        Allocation.objects.filter(line__bill_id=bill_id)
        .values_list("movement_id")
        .annotate(Sum("amount_minor"))
        .order_by("movement_id")
    )
    return [(movement_id, minor - claims.get(movement_id, 0)) for movement_id, minor in stands]


def _for_allocated(bill_id: int, *, rule: str, at: datetime) -> list[int]:
    stands = (
        Allocation.objects.filter(line__bill_id=bill_id)
        .values("movement_id")
        .annotate(stands_minor=Sum("amount_minor"))
        .filter(stands_minor__gt=0)
        .order_by("movement_id")
    )
    proposed = []
    for row in stands:
        try:
            refund_id = refunding.propose(
                movement_id=row["movement_id"],
                amount_minor=row["stands_minor"],
                rule=rule,
                reason=rule,
                at=at,
            )
        except refunding.NothingToRefund:
            continue
        proposed.append(refund_id)
    return proposed
