"""What a statement shows too late, or never shows, stays listed, whoever closed the day before."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from django.db import transaction

from payments.models import Close, CloseDifference
from payments.operations import closing, watching
from payments.operations.closing import packing
from payments.queries import closing as queries
from payments.states import Leg
from tests.accounts import people
from tests.payments.closing.days import close_through
from tests.payments.closing.test_closing import sign, take_all
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.world import debit, issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

DAY = NOON.date()  # A Monday.
NEXT = DAY + timedelta(days=1)
TUESDAY, WEDNESDAY = NOON + timedelta(days=1), NOON + timedelta(days=2)


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


def found(day):
    return sorted((one.kind, one.subject) for one in queries.unlisted(queries.found(day)))


def close(day, maker, checker, *, at):
    take_all(day, maker, at=at) if found(day) else None
    closing.prepare(day=day, by_id=maker, at=at)
    return sign(day, checker, at=at)


def id_of(external_id):
    return queries.Movement.objects.get(external_id=external_id).pk


def test_what_a_late_statement_does_not_show_blocks_the_next_day_once(world, maker, checker):
    bill = issue(500)
    post(
        telling(world.bank, bill.reference, 500, external_id="B1"),
        telling(world.bank, "", 40, external_id="B2"),
        debit(world.bank, Leg.SWEEP, 30, external_id="S1"),
        debit(world.bank, Leg.REVERSAL, 40, external_id="R2", original="B2"),
    )
    close(DAY, maker, checker, at=TUESDAY)

    late = TUESDAY + timedelta(hours=2)
    bring(Account().statement(Booking(amount=40, id="B2")), at=late)
    closing.settle_gone(late)

    missing = [("not_on_statement", f"movement:{id_of(name)}") for name in ("B1", "S1", "R2")]
    assert found(NEXT) == sorted(missing)
    with pytest.raises(closing.Unlisted):
        closing.prepare(day=NEXT, by_id=maker, at=WEDNESDAY)
    close(NEXT, maker, checker, at=WEDNESDAY)
    # It is listed once, and stands in every record until a statement shows it.
    assert found(NEXT + timedelta(days=1)) == []
    assert {one["kind"] for one in Close.objects.get(pk=NEXT).differences} >= {"not_on_statement"}


def test_a_statement_that_shows_all_finds_nothing(world, maker, checker):
    post(telling(world.bank, "", 500, external_id="B1"))
    close(DAY, maker, checker, at=TUESDAY)
    bring(Account().statement(Booking(amount=500, id="B1")), at=TUESDAY + timedelta(hours=2))
    assert found(NEXT) == []


def test_a_day_that_a_late_statement_does_not_tell_of_waits(world, maker, checker):
    post(telling(world.bank, "", 500, external_id="B1"))
    close(DAY, maker, checker, at=TUESDAY)
    later = Account().statement(Booking(amount=9, id="C1", day=3), day=3)
    bring(later, at=TUESDAY + timedelta(hours=2))
    assert ("not_on_statement", f"movement:{id_of('B1')}") not in found(NEXT)


def test_a_day_that_the_statements_pass_over_is_asked_for(world, maker, checker):
    account = Account()
    bring(account.statement(Booking(amount=1, id="A0", day=-1), day=-1))
    post(telling(world.bank, "", 500, external_id="B1"))
    close(DAY, maker, checker, at=TUESDAY)
    later = TUESDAY + timedelta(hours=2)
    assert bring(account.statement(Booking(amount=9, id="C1", day=1), day=1), at=later).is_posted
    closing.settle_gone(later)
    assert ("not_on_statement", f"movement:{id_of('B1')}") in found(NEXT)


def test_what_rings_as_never_shown_is_a_difference_too(world, maker, checker):
    """A day that was closed long ago, with a watch that found it later."""
    post(telling(world.bank, "", 500, external_id="B1"))
    close_through(DAY + timedelta(days=4), at=NOON + timedelta(days=6))
    at = NOON + timedelta(days=5)
    bring(Account().statement(Booking(amount=1, id="D4"), to_day=4), at=at)
    watching.watch(at + timedelta(hours=1))
    subject = f"movement:{id_of('B1')}"
    assert ("not_on_statement", subject) in found(DAY + timedelta(days=5))


# --- what a person settles


def differing(world, maker):
    post(telling(world.mtn, "", 40, external_id="M1"))
    post(telling(world.mtn, "", 41, external_id="M1"))
    take_all(DAY, maker)
    return CloseDifference.objects.get(kind="amounts_differ")


def recorded(day, difference):
    [one] = [one for one in Close.objects.get(pk=day).differences if one["id"] == difference.pk]
    return one


def test_what_one_person_settles_on_the_day_stands_in_its_record(world, maker, checker):
    differs = differing(world, maker)
    closing.settle(difference_id=differs.pk, note="40 is right", by_id=maker, at=TUESDAY)
    close(DAY, maker, checker, at=TUESDAY)

    sealed = recorded(DAY, differs)
    assert (sealed["settled_by"], sealed["settled_note"]) == (maker, "40 is right")
    assert sealed["settled_at"].startswith(TUESDAY.date().isoformat())
    with transaction.atomic():
        file = io.BytesIO()
        packing.write(file, DAY)
    with zipfile.ZipFile(file) as zipped:
        rows = csv.DictReader(io.StringIO(zipped.read("differences.csv").decode("utf-8-sig")))
        [row] = [row for row in rows if row["difference"] == str(differs.pk)]
    assert (row["settled_by"], row["settled_note"]) == (str(maker), "40 is right")
    # The next record does not tell it again.
    close(NEXT, maker, checker, at=WEDNESDAY)
    assert differs.pk not in {one["id"] for one in Close.objects.get(pk=NEXT).differences}


def test_what_is_settled_between_two_signatures_stands_in_the_second_record(world, maker, checker):
    differs = differing(world, maker)
    close(DAY, maker, checker, at=TUESDAY)
    assert recorded(DAY, differs)["settled_by"] is None
    # A moment before the first signature, and committed after it.
    early = TUESDAY - timedelta(seconds=1)
    closing.settle(difference_id=differs.pk, note="40 is right", by_id=maker, at=early)
    close(NEXT, maker, checker, at=WEDNESDAY)
    assert recorded(NEXT, differs)["settled_note"] == "40 is right"


def test_what_its_cause_settles_is_nobodys_word(world, maker, checker):
    post(telling(world.bank, "", 500, external_id="B1"))
    take_all(DAY, maker)
    missing = CloseDifference.objects.get(kind="statement_missing", rail=world.bank)
    bring(Account().statement(Booking(amount=500, id="B1")), at=TUESDAY)
    closing.settle_gone(TUESDAY)
    close(DAY, maker, checker, at=TUESDAY)
    sealed = recorded(DAY, missing)
    assert (sealed["settled_by"], bool(sealed["settled_at"])) == (None, True)
    assert queries.settled_by_people(DAY) == []


def test_what_an_advice_alone_has_told_is_asked_of_the_statement(world, maker, checker):
    """No balance proves an advice: whoever can upload one could make money with it."""
    bill = issue(50_000)
    forged = Booking(amount=50_000, id="FORGED", text=bill.reference)
    bring(written(forged, opening=None, closing=None, form="4"), at=NOON)
    bring(Account().statement(Booking(amount=10, id="TRUE"), day=0), at=TUESDAY)

    assert ("not_on_statement", f"movement:{id_of('FORGED')}") in found(DAY)
    with pytest.raises(closing.Unlisted):
        closing.prepare(day=DAY, by_id=maker, at=TUESDAY)
