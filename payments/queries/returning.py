"""What the fees promise that a collection has paid, and how its going back would stand to that."""

from dataclasses import dataclass

from django.db.models import Sum

from payments import returnable
from payments.models import Allocation, BillLine, Refund, SuspenseItem
from payments.returnable import Terms
from payments.states import BillState, RefundState, ReturnStanding

EXPIRED_IN_PART = "expired_in_part"  # The rule that wants back what a bill's term left of it.


@dataclass(frozen=True, slots=True)
class Promise:
    """One fee and when it goes back; minor units."""

    names: dict[str, str]
    currency: str
    amount_minor: int
    terms: dict[str, object]


def standing(movement_id: int, *, amount_minor: int, reason: str, rule: str) -> ReturnStanding:
    """Return how a refund of this collection would stand to its fees now."""
    items = SuspenseItem.objects.filter(movement_id=movement_id)
    unpaid_minor = items.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    if rule == EXPIRED_IN_PART:
        over = Allocation.objects.filter(
            movement_id=movement_id, line__bill__state=BillState.EXPIRED
        )
        unpaid_minor += over.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    # What others have asked for goes first: else each part would be the part that paid no fee.
    asked = Refund.objects.filter(
        movement_id=movement_id, state__in=[RefundState.REQUESTED, RefundState.AWAITING_FUNDS]
    )
    unpaid_minor -= asked.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    lines = BillLine.objects.filter(pk__in=_standing_lines(movement_id))
    return returnable.standing(
        reason,
        rule=rule,
        # What stands in suspense goes back first.
        paid_a_fee=amount_minor > unpaid_minor,
        terms=[Terms.read(line.returnable) for line in lines],
    )


def promises(movement_id: int) -> list[Promise]:
    """Return the fees that a collection pays or has paid, else those that it was meant for."""
    paid = Allocation.objects.filter(movement_id=movement_id).values_list("line_id", flat=True)
    lines = BillLine.objects.filter(pk__in=[*paid])
    if not paid:
        meant = SuspenseItem.objects.filter(movement_id=movement_id, bill__isnull=False)
        lines = BillLine.objects.filter(bill_id__in=[*meant.values_list("bill_id", flat=True)])
    return [
        Promise(line.names, line.currency, line.amount_minor, line.returnable)
        for line in lines.order_by("bill_id", "line_no")
    ]


def _standing_lines(movement_id: int) -> list[int]:
    stands = (
        Allocation.objects.filter(movement_id=movement_id)
        .values("line_id")
        .annotate(sum=Sum("amount_minor"))
        .filter(sum__gt=0)
    )
    return [one["line_id"] for one in stands]
