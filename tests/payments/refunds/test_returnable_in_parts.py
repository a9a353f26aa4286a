"""What stands in suspense of a collection goes back without its fee once, however it is asked."""

from dataclasses import replace

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from payments.models import Movement, Refund
from payments.operations import billing, paying_out, proposing, refunding, releasing
from payments.states import RefundState as R
from payments.states import ReturnStanding as S
from tests.accounts.people import officer
from tests.applications.browser import officer_at, text_of
from tests.payments import deciding
from tests.payments.books import check_all
from tests.payments.world import fee, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

NEVER = {"when": ["never"], "law": "Harbour Act, section 9", "source": "https://tiny.example/fees"}


@pytest.fixture
def world():
    with time_machine.travel(NOON, tick=False):
        yield make_world()


@pytest.fixture
def maker(world) -> int:
    return officer("money.view", "refund.ask")


@pytest.fixture
def checker(world) -> int:
    return officer("money.view", "refund.decide")


def paid(world, amount_minor: int) -> Movement:
    """The collection that paid a fee of 500 that never goes back; what is over is in suspense."""
    made = billing.issue_bill(
        lines=[replace(fee(500), returnable=NEVER)],
        currency="RWF",
        description={"en": "Boat licence"},
        payer_contact_id=None,
        at=NOON,
        expires_at=NOON.replace(year=NOON.year + 1),
    )
    post(telling(world.bank, made.reference, amount_minor, external_id="OVER"))
    return Movement.objects.get(external_id="OVER")


def ask(movement: Movement, maker: int, amount_minor: int, reason: str) -> Refund:
    refund_id = refunding.ask(
        movement_id=movement.pk,
        amount_minor=amount_minor,
        reason=reason,
        by_id=maker,
        at=NOON,
        by_hand=True,
    )
    return Refund.objects.get(pk=refund_id)


@pytest.mark.parametrize("reason", ["overpaid", "refused"])
def test_what_is_over_goes_back_once_and_the_next_is_of_the_fee(world, maker, reason):
    over = paid(world, 800)
    assert ask(over, maker, 300, reason).standing == S.ALWAYS
    with pytest.raises(refunding.AgainstItsFee):
        ask(over, maker, 300, "refused")
    assert ask(over, maker, 300, "refused: the mayor says so").standing == S.AGAINST


def test_what_is_over_may_go_back_in_parts(world, maker, checker):
    over = paid(world, 800)
    first = ask(over, maker, 100, "refused")
    deciding.approve(refund_id=first.pk, by_id=checker, at=NOON)
    assert ask(over, maker, 200, "refused").standing == S.ALWAYS
    with pytest.raises(refunding.AgainstItsFee):
        ask(over, maker, 1, "refused")
    check_all()


def test_what_was_declined_is_free_again(world, maker, checker):
    over = paid(world, 800)
    first = ask(over, maker, 300, "refused")
    refunding.decline(refund_id=first.pk, by_id=checker, at=NOON)
    assert ask(over, maker, 300, "refused").standing == S.ALWAYS


def test_postgresql_counts_what_is_promised_too(world, maker):
    over = paid(world, 800)
    ask(over, maker, 300, "overpaid")
    asked = {
        "movement": over,
        "currency": "RWF",
        "amount_minor": 300,
        "state": R.REQUESTED,
        "maker_id": maker,
        "requested_at": NOON,
    }
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        Refund.objects.create(**asked, reason="refused")


def test_a_proposal_of_what_is_over_is_compared_anew_when_it_is_taken_up(world, maker, checker):
    over = paid(world, 800)
    proposed_id = proposing.for_suspended(movement_id=over.pk, at=NOON)
    by_hand = ask(over, maker, 300, "refused")
    proposed = Refund.objects.get(pk=proposed_id)
    assert (proposed.state, proposed.standing) == (R.PROPOSED, S.ALWAYS)
    with transaction.atomic():
        refunding.take_up(refund_id=proposed_id, by_id=maker, at=NOON, by_hand=True)
        proposed.refresh_from_db()
        # It is somebody's word now: what was over goes back with the other.
        assert (proposed.state, proposed.standing) == (R.REQUESTED, S.CLAIMED)
        transaction.set_rollback(True)

    refunding.decline(refund_id=by_hand.pk, by_id=checker, at=NOON)
    refunding.take_up(refund_id=proposed_id, by_id=maker, at=NOON, by_hand=True)

    proposed.refresh_from_db()
    assert (proposed.state, proposed.standing) == (R.REQUESTED, S.ALWAYS)
    with pytest.raises(refunding.AgainstItsFee):
        ask(over, maker, 300, "refused")


def test_what_is_taken_up_against_its_fee_is_refused_by_postgresql_whatever_it_was(world, maker):
    over = paid(world, 800)
    proposed_id = refunding.propose(
        movement_id=over.pk, amount_minor=300, rule="withdrawn", reason="withdrawn", at=NOON
    )
    assert Refund.objects.get(pk=proposed_id).standing == S.ALWAYS
    ask(over, maker, 300, "overpaid")
    with pytest.raises(refunding.AgainstItsFee):
        refunding.take_up(refund_id=proposed_id, by_id=maker, at=NOON, by_hand=True)
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        Refund.objects.filter(pk=proposed_id).update(
            state=R.REQUESTED, maker_id=maker, requested_at=NOON, standing=S.ALWAYS
        )


def test_a_proposal_against_the_fee_does_not_stand_in_the_way_of_money_in_suspense(
    world, maker, checker
):
    movement = paid(world, 500)
    against_id = refunding.propose(
        movement_id=movement.pk, amount_minor=500, rule="withdrawn", reason="withdrawn", at=NOON
    )
    refund = ask(movement, maker, 500, "withdrawn: the mayor says so")
    deciding.approve(refund_id=refund.pk, by_id=checker, at=NOON)
    paying_out.nobody_came(
        refund_id=refund.pk,
        reason="nobody came",
        by_id=checker,
        step_up_id=deciding.step_up(checker, at=NOON),
        at=NOON,
    )

    again_id = releasing.ask_refund(
        movement_id=movement.pk,
        amount_minor=500,
        reason="WRONG",
        by_id=maker,
        at=NOON,
        by_hand=True,
    )

    assert again_id == against_id
    again = Refund.objects.get(pk=again_id)
    assert (again.state, again.standing) == (R.REQUESTED, S.ALWAYS)
    check_all()


def test_the_room_of_suspense_says_that_it_is_against_the_fee(world, maker, monkeypatch):
    over = paid(world, 800)

    def refuse(**_asked):
        raise refunding.AgainstItsFee

    monkeypatch.setattr(releasing, "ask_refund", refuse)
    answer = officer_at(maker).post(
        reverse("payments:suspense_ask", args=[over.pk, "return"]),
        {"amount": "300", "reason": "OTHER", "note": "x", "stands": "300", "by_hand": "desk"},
    )
    assert answer.status_code == 422
    assert "This is against what the fee says." in text_of(answer)
