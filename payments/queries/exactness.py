"""Which collections in suspense leave no doubt which bill they were meant for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from payments import likeness
from payments.likeness import Readings, Reason
from payments.models import Bill, OpenItem
from payments.states import TAKING, BillState


@dataclass(frozen=True, slots=True)
class Exact:
    """A collection in suspense and the one bill that it can only have been meant for."""

    item: OpenItem
    bill: Bill
    reason: Reason  # IN_THE_TEXT or FIRST_LOST


def exact(items: Sequence[OpenItem]) -> list[Exact]:
    """
    Return those of some open items whose reference leaves no doubt, in their order; with one query.

    Exact is: by rule and not by likeness (`likeness.readings`) one bill and no other was meant, it
    takes money in this currency, and it asks for what stands in suspense to the last unit.

    :param items: with their movements
    """
    read = {item.pk: likeness.readings(item.movement.reference) for item in items}
    meant = set().union(*(each.any for each in read.values())) if read else set()
    bills = {bill.reference: bill for bill in Bill.objects.filter(reference__in=meant)}
    found = []
    for item in items:
        if one := _only(read[item.pk], bills.keys()):
            reference, reason = one
            if _fits(item, bills[reference]):
                found.append(Exact(item, bills[reference], reason))
    return found


def _only(read: Readings, known: Collection[str]) -> tuple[str, Reason] | None:
    bills = [reference for reference in read.any if reference in known]
    if len(bills) != 1:
        return None
    [reference] = bills
    if reference in read.whole:
        return reference, Reason.IN_THE_TEXT
    return (reference, Reason.FIRST_LOST) if reference in read.first_lost else None


def _fits(item: OpenItem, bill: Bill) -> bool:
    return (
        BillState(bill.state) in TAKING
        and bill.currency == item.currency
        and bill.total_minor - bill.paid_minor == item.amount_minor
    )
