"""A refund is approved with a password shown just now, once, by another person than who asked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.operations import StepUpRefused
from payments.models import Refund
from payments.operations import refunding
from payments.operations.refunding import SamePerson, SaysNothing
from payments.states import RefundState as R
from tests.accounts.people import officer, person, staff
from tests.payments import deciding
from tests.payments.refunds.desks import paid_twice
from tests.payments.world import make_world
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> int:
    return officer("refund.ask")


@pytest.fixture
def checker() -> int:
    return officer("refund.decide")


def asked(maker: int, external_id: str = "FT25AGAIN") -> int:
    movement = paid_twice(make_world(), external_id=external_id)
    return refunding.ask(
        movement_id=movement.pk, amount_minor=500, reason="paid twice", by_id=maker, at=NOON
    )


def approve(refund_id: int, by_id: int, step_up_id: int) -> None:
    refunding.approve(refund_id=refund_id, by_id=by_id, step_up_id=step_up_id, at=NOON)


def test_without_a_fresh_password_nothing_is_approved(maker, checker):
    refund_id = asked(maker)
    for step_up_id in (
        0,
        deciding.step_up(checker, at=NOON - timedelta(minutes=5)),
        deciding.step_up(maker, at=NOON),
        deciding.step_up(checker, at=NOON, purpose="remittance.decide"),
    ):
        with pytest.raises(StepUpRefused):
            approve(refund_id, checker, step_up_id)
    assert Refund.objects.get().state == R.REQUESTED
    approve(refund_id, checker, deciding.step_up(checker, at=NOON))


def test_one_password_approves_one_refund(maker, checker):
    first, second = asked(maker), asked(maker, "FT26AGAIN")
    step_up_id = deciding.step_up(checker, at=NOON)
    approve(first, checker, step_up_id)
    with pytest.raises(StepUpRefused):
        approve(second, checker, step_up_id)


def test_a_refused_approval_leaves_the_password_good(maker):
    both = officer("refund.ask", "refund.decide")
    own, others = asked(both), asked(maker, "FT26AGAIN")
    step_up_id = deciding.step_up(both, at=NOON)
    with pytest.raises(SamePerson):
        approve(own, both, step_up_id)
    approve(others, both, step_up_id)


def test_two_accounts_of_one_person_are_one_pair_of_hands_by_raw_sql_too(maker):
    herself = person(national_id="1199070000001042")
    one, other = staff(person=herself), staff(person=herself)
    refund_id = asked(officer("refund.ask"))
    for maker_id, checker_id in ((one.pk, other.pk), (one.pk, one.pk)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Refund.objects.filter(pk=refund_id).update(
                state="DECLINED", maker_id=maker_id, checker_id=checker_id
            )


def test_whoever_declines_says_why(maker, checker):
    refund_id = asked(maker)
    with pytest.raises(SaysNothing):
        refunding.decline(refund_id=refund_id, by_id=checker, at=NOON, reason=" ")
    refunding.decline(refund_id=refund_id, by_id=checker, at=NOON, reason="taken back already")
    assert Refund.objects.get().declined_for == "taken back already"
