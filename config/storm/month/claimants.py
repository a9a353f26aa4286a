"""Payers who ask where their money is: on the public page, or at the desk with a code."""

from datetime import date

from config.storm.month.house import House
from config.storm.month.plan import WALLET, Paid
from payments import queries
from payments.models import Claim, Movement
from payments.operations import claiming, finding, matching
from payments.operations.refunding import NothingToRefund
from payments.states import DocumentKind, Leg

_ADDRESS = "198.51.100.7"
_STRANGER = "+250788000001"
# One of so many claims is refused: the document shows another name.
_REFUSED_EVERY = 5


def look_for_money(house: House) -> None:
    """Let a payer find what she paid yesterday, and a stranger who knows her code find nothing."""
    now = house.clock.now
    asking = [paid for paid in house.asking if paid.told_at and paid.told_at < now]
    house.asking = [paid for paid in house.asking if paid not in asking]
    for paid in asking:
        found = _find(house, paid.id, paid.phone)
        house.done["payers who found their money"] += found == [paid.amount]
        house.wrong["payers who did not find their money"] += found != [paid.amount]
        house.wrong["strangers who found money"] += bool(_find(house, paid.id, _STRANGER))


def _find(house: House, code: str, phone: str) -> list[int]:
    found = finding.find(code=code, phone=phone, address=_ADDRESS, at=house.clock.tick())
    return [one.amount_minor for one in found.collections]


def hear(house: House, today: date) -> None:
    """Hear whoever paid for a reference that is nobody's, and answer by what she shows."""
    later = []
    for paid in house.claimants:
        credit = Movement.objects.filter(external_id=paid.id, leg=Leg.CREDIT).first()
        if credit is None or paid.at.date() >= today:
            later.append(paid)
            continue
        try:
            number = _open(house, paid, credit.pk)
        except claiming.NothingToClaim:
            house.done["claimants whose money had gone its way"] += 1
            continue
        _answer(house, paid, Claim.objects.get(number=number).pk)
    house.claimants = later


def _open(house: House, paid: Paid, movement_id: int) -> str:
    at = house.clock.tick()
    if paid.rail == WALLET and paid.told_at is not None:
        # Its message names her phone.
        return claiming.open_own(code=paid.id, phone=paid.phone, address=_ADDRESS, at=at)
    return claiming.open_at_desk(
        movement_id=movement_id, code=paid.id, phone=paid.phone, by_id=house.staff.maker, at=at
    )


def _answer(house: House, paid: Paid, claim_id: int) -> None:
    maker, clock = house.staff.maker, house.clock
    if house.turn("claim") % _REFUSED_EVERY == 0:
        claiming.refuse(claim_id=claim_id, reason="another name", by_id=maker, at=clock.tick())
        house.done["claims refused"] += 1
        return
    claiming.prove(
        claim_id=claim_id, document_kind=DocumentKind.NATIONAL_ID, by_id=maker, at=clock.tick()
    )
    try:
        match_id = claiming.answer_with_match(
            claim_id=claim_id, reference=paid.meant, by_id=maker, at=clock.tick()
        )
    except (matching.BillTakesNoMoney, matching.NothingToMatch, queries.NoBill):
        _pay_back(house, paid, claim_id)
        return
    matching.approve(match_id=match_id, by_id=house.staff.checker, at=clock.tick())
    house.done["claims answered by a match"] += 1


def _pay_back(house: House, paid: Paid, claim_id: int) -> None:
    try:
        claiming.answer_with_refund(
            claim_id=claim_id,
            by_id=house.staff.maker,
            at=house.clock.tick(),
            by_hand=not house.pays_back(house.rails[paid.rail]),
        )
    except NothingToRefund:
        house.done["claimants whose money was taken back"] += 1
    else:
        house.done["claims answered by a refund"] += 1
