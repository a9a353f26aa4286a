"""Suspense that leaves for good: two people, the right account, no more than stands there."""

import pytest
from django.db import DatabaseError, connection, transaction

from payments import posting
from payments.models import Movement, Release
from payments.posting import accounts
from payments.states import AccountRole, Leg
from tests.accounts.people import staff
from tests.payments.books import balance, check_all
from tests.payments.settling import release, released, wanted
from tests.payments.world import debit, in_flight, issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = make_world()
    post(telling(made.mtn, "nobody's", 500, external_id="C1"))
    return made


@pytest.fixture
def lost(world):
    return Movement.objects.get(external_id="C1")


def test_what_is_written_off_is_income_of_its_rail(lost):
    released(lost, "write_off", 200)

    assert balance("written_off", "mtn-rw") == -200
    assert balance("suspense", "mtn-rw") == -300
    assert list(lost.suspense_items.order_by("pk").values_list("reason", "amount_minor")) == [
        ("UNKNOWN_REFERENCE", 500),
        ("WRITTEN_OFF", -200),
    ]
    check_all()


def test_what_nobody_claims_the_treasury_keeps(lost):
    released(lost, "unclaimed", 500)

    assert (balance("unclaimed", "treasury"), balance("suspense", "mtn-rw")) == (-500, 0)
    check_all()


def test_without_a_treasury_nothing_is_unclaimed(lost, monkeypatch):
    one = wanted(lost, "unclaimed", 500)
    monkeypatch.setattr("payments.posting.accounts.sql.run", lambda *_: [])

    with pytest.raises(posting.NoTreasury):
        accounts.of_treasury(AccountRole.UNCLAIMED, one.currency)


def test_no_more_leaves_than_stands_there(world, lost):
    post(debit(world.mtn, Leg.REVERSAL, 400, original="C1"))

    with pytest.raises(posting.NothingLeft):
        released(lost, "write_off", 101)
    with pytest.raises(DatabaseError, match="did not bring that"), transaction.atomic():
        wanted(lost, "write_off", 501)

    check_all()


def test_what_was_released_does_not_go_back_too(world, lost):
    released(lost, "write_off", 200)

    with pytest.raises(posting.NothingLeft):
        in_flight(world.mtn, "C1", 301)
    again = post(debit(world.mtn, Leg.REVERSAL, 500, original="C1"))

    assert (again.unexplained, again.differences) == (1, 1)
    check_all()


def test_what_pays_a_bill_is_not_released(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="PAID"))

    with pytest.raises(posting.NothingLeft):
        released(Movement.objects.get(external_id="PAID"), "write_off", 500)


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("two_persons", "checker_id = maker_id, approved = true, decided_at = now()"),
        ("release_decided_by_somebody", "approved = true"),
        ("release_frozen_once_asked", "amount_minor = 1"),
        ("release_frozen_once_asked", "kind = 'unclaimed'"),
    ],
)
def test_raw_sql_does_not_bend_a_decision(lost, rule, changed):
    one = wanted(lost, "write_off", 200)

    with (
        pytest.raises(DatabaseError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE payments_release SET {changed} WHERE id = {one.pk}")

    assert refusal.value.__cause__.diag.constraint_name == rule


def test_approved_and_posted_are_one(lost, commits):
    one = wanted(lost, "write_off", 200)
    commits()

    def approve_and_post_nothing():
        with transaction.atomic():
            Release.objects.filter(pk=one.pk).update(
                approved=True, checker=staff(), decided_at=NOON
            )
            commits()

    def post_and_approve_nothing():
        with transaction.atomic():
            posting.release(one.pk, at=NOON)
            commits()

    with pytest.raises(DatabaseError, match="approved and posted are one"):
        approve_and_post_nothing()
    with pytest.raises(DatabaseError, match="as it is about"):
        post_and_approve_nothing()
    release(one)
    check_all()
