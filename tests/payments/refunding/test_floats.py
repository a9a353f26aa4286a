"""Refunds out of a float wait for it, and nobody fills one alone."""

import pytest
from django.db import IntegrityError

from accounts.policies import NotGranted
from payments.models import Alarm, FloatTopUp, Movement
from payments.operations import floating, refunding, watching
from payments.states import AlarmKind, Leg
from payments.states import RefundState as R
from tests.accounts.people import officer
from tests.payments.refunding.world import SOON, approved, check_everything, paid_twice, ringing
from tests.payments.world import debit, issue, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_an_empty_float_makes_it_wait_and_a_full_one_releases_it(world, maker, checker, from_float):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    assert refund.state == R.AWAITING_FUNDS
    assert refunding.release_funded(limit=9, now=SOON) == 0

    filled = {"rail_code": "bank-rw", "reason": "moved at the bank", "by_id": maker, "at": NOON}
    too_little = floating.ask(amount_minor=499, **filled)
    floating.confirm(top_up_id=too_little, by_id=checker, at=NOON)
    assert refunding.release_funded(limit=9, now=SOON) == 0
    the_rest = floating.ask(amount_minor=1, **filled)
    assert refunding.release_funded(limit=9, now=SOON) == 0  # Asked for is not there yet.
    floating.confirm(top_up_id=the_rest, by_id=checker, at=NOON)

    assert refunding.release_funded(limit=9, now=SOON) == 1
    refund.refresh_from_db()
    assert refund.state == R.APPROVED
    check_everything()


def test_a_refund_whose_money_is_gone_rings_and_stops_no_other(world, maker, checker, from_float):
    _, first = paid_twice(world)
    gone = approved(first, maker, checker)
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500))
    post(telling(world.bank, bill.reference, 500, external_id="AND AGAIN"))
    waits = approved(Movement.objects.get(external_id="AND AGAIN"), maker, checker)
    post(debit(world.bank, Leg.REVERSAL, 500, original="AGAIN"))
    top_up = floating.ask(
        rail_code="bank-rw", amount_minor=5000, reason="moved", by_id=maker, at=NOON
    )
    floating.confirm(top_up_id=top_up, by_id=checker, at=NOON)

    assert refunding.release_funded(limit=9, now=SOON) == 1

    for refund in (gone, waits):
        refund.refresh_from_db()
    assert (gone.state, waits.state) == (R.AWAITING_FUNDS, R.APPROVED)
    watching.watch(SOON)
    assert ringing(AlarmKind.REFUND_STUCK) == [f"refund:{gone.pk}"]
    assert Alarm.objects.get().facts["reason"] == "nothing_left"

    refunding.decline(refund_id=gone.pk, by_id=checker, at=SOON)
    watching.watch(SOON)
    assert ringing(AlarmKind.REFUND_STUCK) == []
    check_everything()


def test_two_refunds_do_not_spend_one_float(world, maker, checker, from_float):
    top_up = floating.ask(
        rail_code="bank-rw", amount_minor=700, reason="moved", by_id=maker, at=NOON
    )
    floating.confirm(top_up_id=top_up, by_id=checker, at=NOON)
    _, first = paid_twice(world)
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500))
    post(telling(world.bank, bill.reference, 500, external_id="AND AGAIN"))

    assert approved(first, maker, checker).state == R.APPROVED
    second = Movement.objects.get(external_id="AND AGAIN")
    assert approved(second, maker, checker).state == R.AWAITING_FUNDS


def test_one_person_fills_no_float(world, maker, checker):
    both = officer("refund.ask", "refund.decide")
    filled = {"rail_code": "bank-rw", "amount_minor": 5, "reason": "moved", "at": NOON}
    top_up = floating.ask(by_id=both, **filled)

    with pytest.raises(refunding.SamePerson):
        floating.confirm(top_up_id=top_up, by_id=both, at=NOON)
    with pytest.raises(NotGranted):
        floating.confirm(top_up_id=top_up, by_id=maker, at=NOON)
    floating.confirm(top_up_id=top_up, by_id=checker, at=NOON)
    with pytest.raises(floating.AlreadyConfirmed):
        floating.confirm(top_up_id=top_up, by_id=checker, at=NOON)
    with pytest.raises(floating.NothingToFill):
        floating.ask(by_id=both, **{**filled, "amount_minor": 0})


def test_a_top_up_that_is_confirmed_and_not_posted_is_refused(world, maker, checker):
    top_up = floating.ask(rail_code="bank-rw", amount_minor=5, reason="moved", by_id=maker, at=NOON)
    FloatTopUp.objects.filter(pk=top_up).update(checker_id=checker, confirmed_at=NOON)

    with pytest.raises(IntegrityError, match="confirmed and posted are one"):
        check_everything()
