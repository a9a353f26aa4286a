"""What rules propose to pay back, and what becomes of it."""

import pytest

from payments.models import Bill, Movement, Refund
from payments.operations import proposing, refunding
from payments.states import RefundState as R
from tests.payments import deciding
from tests.payments.refunding.world import SOON, paid_twice
from tests.payments.world import issue, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_a_second_payment_is_proposed_back_by_rule_and_only_once(world):
    _, twice = paid_twice(world)

    first = proposing.for_suspended(movement_id=twice.pk, at=NOON)
    again = proposing.for_suspended(movement_id=twice.pk, at=SOON)

    refund = Refund.objects.get()
    assert first == again == refund.pk
    assert (refund.state, refund.rule, refund.amount_minor) == (R.PROPOSED, "paid_twice", 500)
    assert refund.maker_id is None


def test_a_wrong_reference_is_nobodys_to_propose(world):
    post(telling(world.bank, "not a reference", 500, external_id="LOST"))

    lost = Movement.objects.get(external_id="LOST")
    assert proposing.for_suspended(movement_id=lost.pk, at=NOON) is None


def test_what_was_paid_in_part_is_proposed_when_the_term_ends(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 200))
    assert proposing.for_expired(bill_id=bill.id, at=NOON) == []

    Bill.objects.filter(pk=bill.id).update(state="EXPIRED")
    Bill.objects.get(pk=bill.id).lines.update(live=False)

    [refund_id] = proposing.for_expired(bill_id=bill.id, at=NOON)
    assert Refund.objects.get(pk=refund_id).amount_minor == 200


def test_a_proposal_is_taken_up_and_another_declines_it(world, maker, checker):
    _, twice = paid_twice(world)
    refund_id = proposing.for_suspended(movement_id=twice.pk, at=NOON)

    refunding.take_up(refund_id=refund_id, by_id=maker, at=NOON)
    with pytest.raises(refunding.RefundDecided):
        refunding.take_up(refund_id=refund_id, by_id=maker, at=NOON)
    refunding.decline(refund_id=refund_id, by_id=checker, at=NOON)

    assert Refund.objects.get().state == R.DECLINED
    with pytest.raises(refunding.RefundDecided):
        deciding.approve(refund_id=refund_id, by_id=checker, at=NOON)


def test_a_part_is_proposed_and_not_taken_up_where_the_rail_pays_back_the_whole(world, maker):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 800, external_id="OVER"))
    over = Movement.objects.get(external_id="OVER")

    refund_id = proposing.for_suspended(movement_id=over.pk, at=NOON)
    with pytest.raises(refunding.RefundInWhole):
        refunding.take_up(refund_id=refund_id, by_id=maker, at=NOON)

    # A person may pay it at a desk; and another rail can.
    assert Refund.objects.get().state == R.PROPOSED
    post(telling(world.mtn, issue(500).reference, 800, external_id="OVER TOO"))
    over_too = Movement.objects.get(external_id="OVER TOO")
    in_part = proposing.for_suspended(movement_id=over_too.pk, at=NOON)
    refunding.take_up(refund_id=in_part, by_id=maker, at=NOON)
    assert Refund.objects.get(pk=in_part).state == R.REQUESTED
