"""Paying money back takes two people, what came in, and nobody's own bill."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import queries as accounts
from accounts.policies import NotGranted
from payments import gateways
from payments.gateways.base import Vendor
from payments.models import Bill, Movement, Refund
from payments.operations import proposing, refunding
from payments.states import RefundState as R
from tests.accounts.people import citizen, officer
from tests.payments import deciding
from tests.payments.refunding.world import approved, check_everything, paid_twice
from tests.payments.world import issue, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_two_people_decide_and_one_never_does(world, maker, checker):
    _, twice = paid_twice(world)
    both = officer("refund.ask", "refund.decide")
    refund_id = refunding.ask(
        movement_id=twice.pk, amount_minor=500, reason="paid twice", by_id=both, at=NOON
    )

    with pytest.raises(refunding.SamePerson):
        deciding.approve(refund_id=refund_id, by_id=both, at=NOON)
    with pytest.raises(refunding.SamePerson):
        refunding.decline(refund_id=refund_id, by_id=both, at=NOON)
    with pytest.raises(NotGranted):
        deciding.approve(refund_id=refund_id, by_id=maker, at=NOON)
    with pytest.raises(IntegrityError, match=r"refund_two_people|one person"), transaction.atomic():
        Refund.objects.filter(pk=refund_id).update(
            state=R.APPROVED, checker_id=both, decided_at=NOON
        )

    deciding.approve(refund_id=refund_id, by_id=checker, at=NOON)
    assert Refund.objects.get().state == R.APPROVED


def test_nobody_without_the_right_asks(world, checker):
    _, twice = paid_twice(world)
    with pytest.raises(NotGranted):
        refunding.ask(movement_id=twice.pk, amount_minor=1, reason="x", by_id=checker, at=NOON)


def test_never_more_than_came_in(world, maker, checker):
    _, twice = paid_twice(world)
    with pytest.raises(refunding.NothingToRefund):
        refunding.ask(movement_id=twice.pk, amount_minor=501, reason="x", by_id=maker, at=NOON)

    approved(twice, maker, checker)
    with pytest.raises(refunding.NothingToRefund):
        refunding.ask(movement_id=twice.pk, amount_minor=500, reason="x", by_id=maker, at=NOON)


def test_a_part_that_was_asked_for_is_not_approved_where_the_rail_pays_back_the_whole(
    world, maker, checker, from_float, monkeypatch
):
    _, twice = paid_twice(world)
    refund_id = refunding.ask(
        movement_id=twice.pk, amount_minor=300, reason="over", by_id=maker, at=NOON
    )
    monkeypatch.setitem(gateways.VENDORS, "bycontract", Vendor(kind="bycontract"))

    with pytest.raises(refunding.RefundInWhole):
        deciding.approve(refund_id=refund_id, by_id=checker, at=NOON)
    assert Refund.objects.get().state == R.REQUESTED


def own_bill(world, contact_id: int) -> Movement:
    """A bill of this payer, paid once and once again; return the second payment."""
    bill, twice = paid_twice(world)
    Bill.objects.filter(pk=bill.pk).update(payer_contact_id=contact_id)
    return twice


def test_nobody_asks_for_or_decides_what_goes_back_to_herself(world, maker, checker):
    payer = citizen()
    twice = own_bill(world, payer.contact_id)
    herself = officer("refund.ask", "refund.decide", person_id=payer.person_id)
    asked = {"amount_minor": 500, "reason": "paid twice", "at": NOON}
    before = NOON - timedelta(days=1)  # Nobody knew then whose phone it was.
    reached = {"account_id": herself, "contact_id": payer.contact_id}
    assert accounts.is_reached_at(**reached, at=NOON)
    assert not accounts.is_reached_at(**reached, at=before)
    assert accounts.is_reached_at(**{**reached, "account_id": payer.account_id}, at=before)

    with pytest.raises(refunding.OwnMoney):
        refunding.ask(movement_id=twice.pk, by_id=herself, **asked)
    proposed = proposing.for_suspended(movement_id=twice.pk, at=NOON)
    with pytest.raises(refunding.OwnMoney):
        refunding.take_up(refund_id=proposed, by_id=herself, at=NOON)
    refunding.take_up(refund_id=proposed, by_id=maker, at=NOON)
    with pytest.raises(refunding.OwnMoney):
        deciding.approve(refund_id=proposed, by_id=herself, at=NOON)

    deciding.approve(refund_id=proposed, by_id=checker, at=NOON)
    assert Refund.objects.get().state == R.APPROVED


def test_an_approved_refund_leaves_suspense_and_stands_in_transit(world, maker, checker):
    _, twice = paid_twice(world)

    approved(twice, maker, checker)

    check_everything()
    assert sum(twice.suspense_items.values_list("amount_minor", flat=True)) == 0


def test_a_refund_of_what_paid_a_bill_opens_the_bill_again(world, maker, checker):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="PAID"))

    approved(Movement.objects.get(external_id="PAID"), maker, checker)

    assert Bill.objects.get(pk=bill.id).state == "OPEN"
    check_everything()
