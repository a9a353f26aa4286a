"""Payers' money at the desk: what fits a bill is matched, by what is exact and by who is called."""

from itertools import islice
from uuid import uuid4

from config.storm.month.house import House
from payments.likeness import Reason
from payments.models import Bill, Match, OpenItem
from payments.operations import exact_matching, matching
from payments.queries.exactness import exact
from payments.queries.proposals import proposals
from payments.states import SuspenseReason

_SURE = {Reason.ONE_SLIP, Reason.FIRST_LOST, Reason.IN_THE_TEXT}


def match_what_is_exact(house: House) -> None:
    """Match in sets what can only have been meant for one bill."""
    one_each = {one.bill.pk: one.item.pk for one in exact(unknown(house))}
    left = iter(sorted(one_each.values()))
    while chosen := list(islice(left, exact_matching.SET_MAX)):
        set_id = exact_matching.ask(
            key=uuid4(), movement_ids=chosen, by_id=house.staff.maker, at=house.clock.tick()
        )
        asked = Match.objects.filter(set=set_id).values_list("pk", flat=True)
        decided = exact_matching.approve(
            set_id=set_id,
            match_ids=sorted(asked),
            by_id=house.staff.checker,
            at=house.clock.tick(),
        )
        house.done["matched, exact"] += decided.done
        house.wrong["exact matches that had changed"] += len(decided.changed)


def match_what_is_likely(house: House) -> None:
    """Match what one bill speaks for, whose amount it is; whoever asks has called the payer."""
    for item in unknown(house):
        found = proposals(item.pk)
        if not found or not _SURE & set(found[0].reasons):
            continue
        bill = Bill.objects.get(pk=found[0].bill_id)
        if bill.total_minor - bill.paid_minor != item.amount_minor:
            continue
        try:
            match_id = matching.ask(
                movement_id=item.pk,
                bill_id=bill.pk,
                amount_minor=item.amount_minor,
                reason="she said so on the phone",
                by_id=house.staff.maker,
                at=house.clock.tick(),
            )
        except matching.BillTakesNoMoney:
            continue
        matching.approve(match_id=match_id, by_id=house.staff.checker, at=house.clock.tick())
        house.done["matched, by likeness"] += 1


def unknown(house: House) -> list[OpenItem]:
    """Return what fits no bill, and of which nothing is asked for yet."""
    rows = OpenItem.objects.filter(reason=SuspenseReason.UNKNOWN_REFERENCE)
    items = list(rows.select_related("movement", "rail").order_by("pk"))
    return exact_matching.free(items, by_id=house.staff.maker, at=house.clock.now)
