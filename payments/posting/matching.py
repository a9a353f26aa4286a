"""A match's money: out of suspense, to the bill that it was meant for."""

from datetime import datetime

from django.db.models import Sum

from kernel import outbox
from payments import ledger, sql
from payments.models import Bill, Match, SuspenseItem
from payments.posting import holding
from payments.states import TAKING, BillState


class DoesNotFit(Exception):
    """The bill takes less, or nothing, or another currency; or less stands in suspense."""


def match(match_id: int, *, at: datetime) -> bool:
    """
    Pay a match's bill out of its collection's suspense; return whether the bill is paid now.

    Inside the caller's transaction, which approves the match and holds it, and nothing that comes
    after it (docs/locking.md). Safe to repeat.

    :raises DoesNotFit: if the bill has ended or is paid, is due less, or is in another currency, or
        if less of the collection stands in suspense
    :raises NoOpenDay: if there is no day to post on
    """
    asked = Match.objects.select_related("movement", "bill").get(pk=match_id)
    ledger.open_rail_accounts([(asked.movement.rail_id, asked.movement.currency)])
    [day] = holding.hold_days([at], at=at)
    holding.hold_bills([], also=[asked.bill.reference])
    sql.run("hold_movements", movement_id=[asked.movement_id])
    _refuse_misfit(asked)
    [(is_paid,)] = sql.run("post_match", match_id=asked.pk, business_day=day, at=at)
    outbox.wake_after_commit()
    return bool(is_paid)


def _refuse_misfit(asked: Match) -> None:
    bill = Bill.objects.get(pk=asked.bill_id)
    if (
        BillState(bill.state) not in TAKING
        or bill.currency != asked.movement.currency
        or asked.amount_minor > bill.total_minor - bill.paid_minor
        or asked.amount_minor > stands_in_suspense(asked.movement_id)
    ):
        raise DoesNotFit(asked.pk)


def stands_in_suspense(movement_id: int) -> int:
    """Return how much of a collection stands in suspense, in minor units of its currency."""
    items = SuspenseItem.objects.filter(movement=movement_id)
    return items.aggregate(total=Sum("amount_minor"))["total"] or 0
