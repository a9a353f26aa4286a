"""PostgreSQL itself refuses that somebody asks for, or decides, what goes back to herself."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from payments.models import Bill, Movement, Refund
from tests.accounts.people import citizen, staff
from tests.payments.world import issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

REFUSED = "of what its maker or checker was billed herself"


@pytest.fixture
def payer():
    return citizen()


@pytest.fixture
def twice(payer):
    world = make_world()
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500), telling(world.mtn, bill.reference, 500))
    Bill.objects.filter(pk=bill.id).update(payer_contact_id=payer.contact_id)
    return Movement.objects.get(suspense_items__reason="ALREADY_PAID")


def refund(movement, maker_id, *, at=NOON):
    with transaction.atomic():
        return Refund.objects.create(
            movement=movement,
            bill=movement.suspense_items.get().bill,
            currency="RWF",
            amount_minor=500,
            reason="paid twice",
            state="REQUESTED",
            maker_id=maker_id,
            requested_at=at,
        )


def test_her_own_login_does_not_ask(payer, twice):
    with pytest.raises(DatabaseError, match=REFUSED):
        refund(twice, payer.account_id)


def test_another_login_of_hers_does_not_ask_either(payer, twice):
    herself = staff(person_id=payer.person_id)
    with pytest.raises(DatabaseError, match=REFUSED):
        refund(twice, herself.pk)
    with pytest.raises(DatabaseError, match=REFUSED):
        refund(twice, herself.pk, at=None)  # No time to hide behind.

    # Before anybody knew whose phone it was, nobody could have said so.
    assert refund(twice, herself.pk, at=NOON - timedelta(days=400)).pk


def decide(one, checker_id, **how):
    with transaction.atomic():
        Refund.objects.filter(pk=one.pk).update(checker_id=checker_id, decided_at=NOON, **how)


def test_she_does_not_decide_but_to_decline(payer, twice):
    herself = staff(person_id=payer.person_id)
    one = refund(twice, staff().pk)

    for state in ("APPROVED", "AWAITING_FUNDS"):
        with pytest.raises(DatabaseError, match=REFUSED):
            decide(one, herself.pk, state=state)

    decide(one, herself.pk, state="DECLINED")
    assert Refund.objects.get().state == "DECLINED"


def test_somebody_else_asks_and_decides(twice):
    one = refund(twice, staff().pk)

    decide(one, staff().pk, state="AWAITING_FUNDS")

    assert Refund.objects.get().state == "AWAITING_FUNDS"
