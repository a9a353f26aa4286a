"""A day closes when nothing in it is nobody's, under two signatures, in its order, for good."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import operations as accounts
from accounts import policies as grants
from payments.models import Close, CloseDifference, LedgerDay, Movement
from payments.operations import closing
from payments.queries import closing as queries
from payments.queries import sheet as sheets
from payments.states import Leg
from tests.accounts import people
from tests.payments.closing.days import close_through
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.world import debit, issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

DAY = NOON.date()  # A Monday.
TUESDAY = NOON + timedelta(days=1)


@pytest.fixture
def world():
    made = make_world()
    close_through(DAY - timedelta(days=1), at=NOON - timedelta(minutes=1))
    return made


@pytest.fixture
def maker():
    return people.officer("close.prepare", "money.view")


@pytest.fixture
def checker():
    return people.officer("close.sign", "money.view")


def step_up(account_id, *, at=TUESDAY):
    return accounts.step_up(
        account_id=account_id,
        password=people.PASSWORD,
        purpose=closing.PURPOSE,
        session_key="s",
        at=at,
    ).pk


def sign(day, by_id, *, at=TUESDAY):
    return closing.sign(day=day, by_id=by_id, step_up_id=step_up(by_id, at=at), at=at)


def take_all(day, by_id, *, at=TUESDAY):
    keys = [one.key for one in queries.unlisted(queries.found(day))]
    return closing.take(day=day, keys=keys, note="asked the bank", by_id=by_id, at=at)


def kinds(day):
    return sorted(one.kind for one in queries.unlisted(queries.found(day)))


def test_a_difference_blocks_until_somebody_has_it_and_carries_forward(world, maker, checker):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="B1"))

    # The bank's statement has not come: nobody knows yet whether it holds the money.
    with pytest.raises(closing.Unlisted) as refused:
        closing.prepare(day=DAY, by_id=maker, at=TUESDAY)
    assert [one.kind for one in refused.value.differences] == ["statement_missing"]

    assert take_all(DAY, maker) == 1
    closing.prepare(day=DAY, by_id=maker, at=TUESDAY)
    seal = sign(DAY, checker)
    assert LedgerDay.objects.get(pk=DAY).closed_at == TUESDAY
    assert len(seal) == 64

    # It stands on the next day's page, with its owner and note, until the statement is there.
    [carried] = [one for one in queries.standing() if one.rail_code == "bank-rw"]
    assert (carried.day_found, carried.note) == (DAY, "asked the bank")
    assert carried.owner
    bring(Account().statement(Booking(amount=500, id="B1", text=bill.reference)))
    assert closing.settle_gone(TUESDAY + timedelta(days=1)) == 1
    assert [one for one in queries.standing() if one.rail_code == "bank-rw"] == []


def test_nobody_closes_alone_or_without_a_fresh_password(world, maker, checker):
    closing.prepare(day=DAY, by_id=maker, at=TUESDAY)
    both = people.officer("close.prepare", "close.sign")
    closing.prepare(day=DAY, by_id=both, at=TUESDAY)
    with pytest.raises(closing.SamePerson):
        sign(DAY, both)
    with pytest.raises(accounts.StepUpRefused):
        closing.sign(day=DAY, by_id=checker, step_up_id=step_up(maker), at=TUESDAY)
    with pytest.raises(grants.NotGranted):
        sign(DAY, maker)
    with pytest.raises(grants.NotGranted):
        closing.prepare(day=DAY, by_id=checker, at=TUESDAY)
    sign(DAY, checker)


def test_nobody_signs_a_day_that_nobody_has_prepared(world, checker):
    with pytest.raises(closing.NotPrepared):
        sign(DAY, checker)
    assert LedgerDay.objects.get(pk=DAY).closed_at is None


def test_one_person_with_two_logins_is_one_pair_of_hands(world, checker):
    twin = people.officer("close.prepare", person_id=person_of(checker))
    closing.prepare(day=DAY, by_id=twin, at=TUESDAY)
    with pytest.raises(closing.SamePerson):
        sign(DAY, checker)
    with (
        pytest.raises(IntegrityError, match="one person prepared and signed"),
        transaction.atomic(),
    ):
        Close.objects.filter(pk=DAY).update(signed_by=checker, signed_at=TUESDAY)


def person_of(account_id):
    return queries.accounts.account(account_id).person_id


def test_a_day_waits_for_the_next_working_one_and_for_those_before_it(world, maker):
    friday = DAY + timedelta(days=4)
    with pytest.raises(closing.DayNotOver):
        closing.prepare(day=DAY, by_id=maker, at=NOON + timedelta(hours=11))
    assert queries.ready_on(friday) == friday + timedelta(days=3)
    with pytest.raises(closing.NotTheNext):
        closing.prepare(day=DAY + timedelta(days=1), by_id=maker, at=NOON + timedelta(days=9))
    with pytest.raises(closing.NotTheNext):
        closing.prepare(day=DAY - timedelta(days=1), by_id=maker, at=TUESDAY)
    with pytest.raises(closing.NotTheNext):
        closing.prepare(day=DAY - timedelta(days=900), by_id=maker, at=TUESDAY)


def test_what_lands_after_it_was_prepared_is_prepared_again(world, maker, checker):
    closing.prepare(day=DAY, by_id=maker, at=TUESDAY)
    post(telling(world.mtn, "", 70), at=TUESDAY)
    with pytest.raises(closing.Unlisted):
        sign(DAY, checker)
    take_all(DAY, maker)
    with pytest.raises(closing.DayChanged):
        sign(DAY, checker)
    closing.prepare(day=DAY, by_id=maker, at=TUESDAY)
    sign(DAY, checker)
    assert Close.objects.get(pk=DAY).journals == 1


def test_money_learned_of_late_stands_on_the_open_day_with_its_true_date(world, maker, checker):
    closing.prepare(day=DAY, by_id=maker, at=TUESDAY)
    sign(DAY, checker)
    post(telling(world.mtn, "", 70, external_id="LATE", occurred_at=NOON), at=TUESDAY)
    late = Movement.objects.get(external_id="LATE")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT business_day, occurred_at FROM payments_journal WHERE subject_id = %s",
            [late.pk],
        )
        assert cursor.fetchall() == [(TUESDAY.date(), NOON)]


def test_days_are_chained(world, maker, checker):
    before = Close.objects.get(pk=DAY - timedelta(days=1))
    closing.prepare(day=DAY, by_id=maker, at=TUESDAY)
    sign(DAY, checker)
    assert bytes(Close.objects.get(pk=DAY).previous_sha256) == bytes(before.sha256)


def test_each_kind_of_difference_is_found(world, maker):
    told, stated = issue(500), issue(300)
    post(
        telling(world.bank, told.reference, 500, external_id="B1"),
        telling(world.mtn, "", 40, external_id="M1"),
        telling(world.mtn, "", 41, external_id="M1"),
        debit(world.mtn, Leg.WITHDRAWAL, 7),
    )
    bring(Account().statement(Booking(amount=300, id="B2", text=stated.reference)))
    assert kinds(DAY) == [
        "amounts_differ",
        "debit_unexplained",
        "never_told",
        "not_on_statement",
        "statement_missing",
    ]


def test_only_words_that_can_settle_a_difference_settle_it(world, maker):
    post(debit(world.mtn, Leg.WITHDRAWAL, 7), telling(world.mtn, "", 40, external_id="M1"))
    post(telling(world.mtn, "", 41, external_id="M1"))
    take_all(DAY, maker)
    unexplained = CloseDifference.objects.get(kind="debit_unexplained")
    differs = CloseDifference.objects.get(kind="amounts_differ")
    with pytest.raises(closing.NotHersToSettle):
        closing.settle(difference_id=unexplained.pk, note="fine", by_id=maker, at=TUESDAY)
    with pytest.raises(closing.NothingToTake):
        closing.settle(difference_id=differs.pk, note=" ", by_id=maker, at=TUESDAY)
    closing.settle(difference_id=differs.pk, note="the first was right", by_id=maker, at=TUESDAY)
    with pytest.raises(closing.NotHersToSettle):
        closing.settle(difference_id=differs.pk, note="again", by_id=maker, at=TUESDAY)
    assert "amounts_differ" not in kinds(DAY)


def test_another_may_take_it_over(world, maker):
    post(debit(world.mtn, Leg.WITHDRAWAL, 7))
    take_all(DAY, maker)
    other = people.officer("close.prepare")
    listed = CloseDifference.objects.get(kind="debit_unexplained")
    closing.take_over(difference_id=listed.pk, note="I will call", by_id=other, at=TUESDAY)
    listed.refresh_from_db()
    assert (listed.owner_id, listed.note) == (other, "I will call")
    with pytest.raises(grants.NotGranted):
        closing.take_over(
            difference_id=listed.pk, note="mine", by_id=people.officer("money.view"), at=TUESDAY
        )


def test_the_sheet_adds_up(world):
    bill = issue(500, 250)
    post(
        telling(world.mtn, bill.reference, 800, external_id="C1"),
        telling(world.mtn, "", 90, external_id="C2"),
        debit(world.mtn, Leg.REVERSAL, 90, original="C2"),
        debit(world.mtn, Leg.CHARGE, 9, original="C1"),
        debit(world.mtn, Leg.SWEEP, 200),
    )
    day = sheets.sheet(DAY)
    [mtn] = day.rails
    assert (mtn.received_minor, mtn.reversed_minor) == (890, 90)
    assert (mtn.allocated_minor, mtn.suspense_minor) == (750, 50)
    assert mtn.leg(Leg.SWEEP).amount_minor == 200
    assert {one.code: one.allocated_minor for one in day.beneficiaries} == {
        "district-11": 500,
        "treasury": 250,
    }
    assert day.agrees
