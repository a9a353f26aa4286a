"""A refund's money: out of its collection when it is approved, back into suspense when it fails."""

from datetime import datetime

from django.db.models import Sum

from payments import ledger, sql
from payments.models import Allocation, Refund, SuspenseItem
from payments.posting import holding
from payments.states import AccountRole, SuspenseReason


class NothingLeft(Exception):
    """The collection holds less than is to go back: somebody took it before."""


def hold_refund(refund_id: int, *, at: datetime) -> int:
    """
    Take a refund's amount out of its collection, into refunds in transit.

    What stands in suspense goes first, then what the bill's lines were paid, from the last: a bill
    that loses money is due again. Inside the caller's transaction, which sets the refund to
    APPROVED; the refund must be held and nothing that comes after it (docs/locking.md).

    :return: how many bills are due again
    :raises NothingLeft: if the collection has less left than that
    """
    refund = _held(refund_id)
    ledger.open_rail_accounts([(refund.movement.rail_id, refund.currency)])
    [day] = holding.hold_days([at], at=at)
    hold_money(refund.movement_id)
    if left_minor(refund.movement_id) < refund.amount_minor:
        raise NothingLeft(refund_id)
    [(_, reopened)] = sql.run(
        "take_back",
        movement_id=[refund.movement_id],
        amount_minor=[refund.amount_minor],
        subject_id=[refund.pk],
        business_day=[day],
        occurred_at=[at],
        own_role=[AccountRole.REFUNDS_IN_TRANSIT.value],
        kind="refund",
        reason=SuspenseReason.REFUNDED.value,
        news=None,
        at=at,
    )
    return int(reopened)


def put_back_refund(refund_id: int, *, at: datetime) -> None:
    """
    Give the money of a refund that failed back to its collection, into suspense.

    Inside the caller's transaction, which sets the refund to FAILED and holds it. Safe to repeat.
    """
    refund = _held(refund_id)
    ledger.open_rail_accounts([(refund.movement.rail_id, refund.currency)])
    [day] = holding.hold_days([at], at=at)
    hold_money(refund.movement_id)
    sql.run("put_back_into_suspense", refund_id=refund.pk, business_day=day, occurred_at=at, at=at)


def _held(refund_id: int) -> Refund:
    return (
        Refund.objects.select_for_update(no_key=True, of=("self",))
        .select_related("movement")
        .get(pk=refund_id)
    )


def hold_money(movement_id: int) -> None:
    """Hold the bills that a collection pays, by their ids, and then the collection."""
    references = (
        Allocation.objects.filter(movement=movement_id)
        .values_list("line__bill__reference", flat=True)
        .distinct()
    )
    holding.hold_bills([], also=list(references))
    sql.run("hold_movements", movement_id=[movement_id])


def left_minor(movement_id: int) -> int:
    """Return how much of a collection is on bill lines and in suspense, in minor units."""
    stands = [
        model.objects.filter(movement=movement_id).aggregate(total=Sum("amount_minor"))
        for model in (Allocation, SuspenseItem)
    ]
    return sum(one["total"] or 0 for one in stands)
