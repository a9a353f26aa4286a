"""Payers' money at the desk: what fits a bill is matched, what fits none goes back."""

from datetime import timedelta
from itertools import islice
from uuid import uuid4

from django.db import transaction
from django.db.models import Sum

from config.storm.month import outside
from config.storm.month.house import House
from config.storm.month.outside import Booking
from config.storm.month.plan import WALLET
from payments import posting
from payments.likeness import Reason
from payments.models import Bill, Match, OpenItem, Payee, Rail, Refund
from payments.operations import (
    exact_matching,
    floating,
    intake,
    matching,
    paying_out,
    refunding,
    releasing,
    repaying,
)
from payments.policies import DECIDE_REFUND
from payments.queries.exactness import exact
from payments.queries.proposals import proposals
from payments.states import Auth, DocumentKind, PayeeAccount, SuspenseReason
from payments.states import RefundState as R

# Nobody is called to a counter for so little.
SMALL = 100
_SURE = {Reason.ONE_SLIP, Reason.FIRST_LOST, Reason.IN_THE_TEXT}
_AT_ONCE = 100


def match_what_is_exact(house: House) -> None:
    """Match in sets what can only have been meant for one bill."""
    one_each = {one.bill.pk: one.item.pk for one in exact(_unknown(house))}
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
    for item in _unknown(house):
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


def pay_back(house: House) -> None:
    """Give back what is over, came twice or for nothing; write small change off."""
    for refund in Refund.objects.filter(state=R.PROPOSED).select_related("movement__rail"):
        if refund.amount_minor <= SMALL and refund.movement.rail == house.rails[WALLET]:
            _write_off(house, refund.movement_id, refund.amount_minor)
        else:
            refunding.take_up(
                refund_id=refund.pk,
                by_id=house.staff.maker,
                at=house.clock.tick(),
                by_hand=not _pays_back(refund.movement.rail),
            )
    for item in _unknown(house):
        releasing.ask_return(
            movement_id=item.pk,
            amount_minor=item.amount_minor,
            reason="nobody's bill",
            by_id=house.staff.maker,
            at=house.clock.tick(),
            by_hand=not _pays_back(item.rail),
        )
    for refund_id in _ids(R.REQUESTED):
        _approve(house, refund_id)
    _fill_float(house)
    _pay_by_hand(house)
    _pay_by_wallet(house)


def _write_off(house: House, movement_id: int, amount_minor: int) -> None:
    asked = releasing.ask_write_off(
        movement_id=movement_id,
        amount_minor=amount_minor,
        reason="small change",
        by_id=house.staff.maker,
        at=house.clock.tick(),
    )
    releasing.approve(release_id=asked, by_id=house.staff.checker, at=house.clock.tick())
    house.done["written off"] += 1


def _approve(house: House, refund_id: int) -> None:
    try:
        refunding.approve(
            refund_id=refund_id,
            by_id=house.staff.checker,
            step_up_id=house.step_up(DECIDE_REFUND.code),
            at=house.clock.tick(),
        )
    except refunding.NothingToRefund:
        refunding.decline(
            refund_id=refund_id,
            by_id=house.staff.checker,
            at=house.clock.tick(),
            reason="taken back by the network meanwhile",
        )
        house.done["refunds declined"] += 1
    else:
        house.done["refunds approved"] += 1


def _fill_float(house: House) -> None:
    """Move to the wallet's float what approved refunds wait for, if the wallet holds it."""
    rail, books = house.rails[WALLET], house.books[WALLET]
    waiting = Refund.objects.filter(state=R.AWAITING_FUNDS, movement__rail=rail)
    needed = waiting.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    now = house.clock.tick()
    if not 0 < needed <= books.holds(now):
        return
    name = f"F{house.local:%Y%m%d}"
    books.book(Booking(name, now, -needed, outside.SWEEP, text=name))
    top_up = floating.ask(
        rail_code=rail.code,
        amount_minor=needed,
        reason=name,
        by_id=house.staff.maker,
        at=house.clock.tick(),
    )
    floating.confirm(top_up_id=top_up, by_id=house.staff.checker, at=house.clock.tick())
    while refunding.release_funded(limit=_AT_ONCE, now=house.clock.tick()):
        pass


def _pay_by_hand(house: House) -> None:
    """Prove each payee at the counter, and pay her from the rail's own account."""
    rows = Refund.objects.filter(state=R.APPROVED, by_hand=True).select_related("movement")
    for refund in rows.order_by("pk"):
        books = house.books[house.which(refund.movement.rail_id)]
        if books.holds(house.clock.now) < refund.amount_minor:
            continue
        if not Payee.objects.filter(refund=refund).exists():
            _prove(house, refund)
        name = f"P{house.local:%m%d}{refund.pk:08d}"
        now = house.clock.tick()
        books.book(Booking(name, now, -refund.amount_minor, outside.REFUND, text=name))
        paying_out.paid(
            refund_id=refund.pk, external_id=name, by_id=house.staff.maker, at=house.clock.tick()
        )
        house.done["refunds paid by hand"] += 1


def _prove(house: House, refund: Refund) -> None:
    proof = paying_out.Proof(
        code=refund.movement.external_id,
        document_kind=DocumentKind.NATIONAL_ID,
        account_kind=PayeeAccount.PHONE,
        number=f"078{refund.pk % 10**7:07d}",
        holder="Invented Payer",
    )
    paying_out.prove(
        refund_id=refund.pk, proof=proof, by_id=house.staff.maker, at=house.clock.tick()
    )
    paying_out.confirm(
        refund_id=refund.pk,
        proven_at=Payee.objects.get(refund=refund).proven_at,
        by_id=house.staff.checker,
        step_up_id=house.step_up(DECIDE_REFUND.code),
        at=house.clock.tick(),
    )


def _pay_by_wallet(house: House) -> None:
    """Order from the network what it pays back by itself; it answers at once."""
    now = house.clock.tick()
    lease = now + timedelta(seconds=8)
    while claimed := repaying.claim_refunds(limit=_AT_ONCE, now=now, until=lease):
        for refund_id in claimed:
            _order(house, refund_id)
        house.done["refunds paid by the network"] += len(claimed)
        now = house.clock.tick()
        lease = now + timedelta(seconds=8)
    while posting.post_inbox(now=house.clock.tick()):
        pass


def _order(house: House, refund_id: int) -> None:
    # As `repaying` does around a call that there is nobody to take here.
    with transaction.atomic():
        refund = refunding.lock(refund_id)
        refund.handle = str(refund.key)
        refund.sent_at, refund.lease_until = house.clock.tick(), None
        refunding.move(refund, R.PENDING, at=house.clock.now)
    rail = refund.movement.rail
    intake.receive(
        rail_code=rail.code,
        kind=f"{rail.kind}.refund",
        body=outside.paid_out(f"O{refund.pk:08d}", refund.amount_minor, refund.currency),
        headers={},
        remote_ip=None,
        auth=Auth.VALID,
        external_hint=str(refund.key),
        at=house.clock.tick(),
    )


def _unknown(house: House) -> list[OpenItem]:
    """Return what fits no bill, and of which nothing is asked for yet."""
    rows = OpenItem.objects.filter(reason=SuspenseReason.UNKNOWN_REFERENCE)
    items = list(rows.select_related("movement", "rail").order_by("pk"))
    return exact_matching.free(items, by_id=house.staff.maker, at=house.clock.now)


def _ids(state: R) -> list[int]:
    return list(Refund.objects.filter(state=state).order_by("pk").values_list("pk", flat=True))


def _pays_back(rail: Rail) -> bool:
    return refunding.pays_back(kind=rail.kind, rail_code=rail.code)
