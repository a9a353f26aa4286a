"""Refunds at the counter: to a payee whom two people have proven, if she comes."""

from config.storm.month import outside
from config.storm.month.house import House
from config.storm.month.outside import Booking
from payments.models import Payee, Refund
from payments.operations import paying_out
from payments.policies import DECIDE_REFUND
from payments.states import DocumentKind, PayeeAccount
from payments.states import RefundState as R

# Of so many refunds one is paid while nobody says so, nobody comes for one, and one is only said
# to be paid.
_EVERY, _UNSAID, _NOBODY_COMES, _ONLY_SAID = 6, 2, 3, 5


def pay(house: House) -> None:
    """Prove each payee at the counter, and pay her from the rail's own account."""
    _take_back_what_was_said(house)
    rows = Refund.objects.filter(state=R.APPROVED, by_hand=True).select_related("movement")
    for refund in rows.exclude(pk__in=house.unsaid).order_by("pk"):
        books = house.books[house.which(refund.movement.rail_id)]
        if books.holds(house.clock.now) < refund.amount_minor:
            continue
        turn = house.turn("at the counter") % _EVERY
        if turn == _NOBODY_COMES:
            _nobody_came(house, refund.pk)
            continue
        if not Payee.objects.filter(refund=refund).exists():
            _prove(house, refund)
        name = f"P{house.local:%m%d}{refund.pk:08d}"
        if turn == _ONLY_SAID:
            house.only_said.append(refund.pk)
        else:
            now = house.clock.tick()
            books.book(Booking(name, now, -refund.amount_minor, outside.REFUND, text=name))
            house.done["refunds paid by hand"] += 1
            house.numbers[name] = refund.movement.external_id
        if turn == _UNSAID:
            house.unsaid.add(refund.pk)
            continue
        paying_out.paid(
            refund_id=refund.pk, external_id=name, by_id=house.staff.maker, at=house.clock.tick()
        )


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


def _nobody_came(house: House, refund_id: int) -> None:
    paying_out.nobody_came(
        refund_id=refund_id,
        reason="called three times",
        by_id=house.staff.checker,
        step_up_id=house.step_up(DECIDE_REFUND.code),
        at=house.clock.tick(),
    )
    house.failed.append(refund_id)
    house.done["refunds that nobody came for"] += 1


def _take_back_what_was_said(house: House) -> None:
    """Decide of what was only said to be paid that it was not."""
    said, house.only_said = house.only_said, []
    for refund_id in said:
        paying_out.not_paid(
            refund_id=refund_id,
            reason="the counter's book has no such payment",
            by_id=house.staff.checker,
            step_up_id=house.step_up(DECIDE_REFUND.code),
            at=house.clock.tick(),
        )
        house.failed.append(refund_id)
        house.done["refunds that were only said to be paid"] += 1
