"""What raw SQL cannot list: what does not differ, on a closed day, or settled at once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from payments.models import Close, CloseDifference
from payments.operations import closing
from payments.queries import closing as queries
from payments.states import Leg
from tests.accounts import people
from tests.payments.closing.days import close_through
from tests.payments.world import debit, make_world, post
from tests.world import NOON

pytestmark = pytest.mark.django_db

DAY = NOON.date()
AFTER = NOON + timedelta(days=1)


@pytest.fixture
def world():
    made = make_world()
    close_through(DAY - timedelta(days=1), at=NOON - timedelta(minutes=1))
    post(debit(made.mtn, Leg.WITHDRAWAL, 7))
    return made


def listed(**changes):
    [true] = [one for one in queries.found(DAY) if one.kind == "debit_unexplained"]
    row = {
        "day_found_id": DAY,
        "kind": true.kind,
        "subject": true.subject,
        "rail_id": true.rail_id,
        "currency": true.currency,
        "amount_minor": true.amount_minor,
        "owner": people.staff(),
        "note": "asked",
        "opened_at": AFTER,
    }
    return CloseDifference(**{**row, **changes})


def test_what_differs_is_listed_as_it_is(world):
    listed().save()
    assert CloseDifference.objects.get(day_found=DAY).amount_minor == 7


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": "movement:999999"}, "does not differ"),
        ({"kind": "never_told"}, "does not differ"),
        ({"amount_minor": 6}, "does not differ"),
        ({"currency": "USD"}, "does not differ"),
        ({"rail_id": None}, "does not differ"),
        ({"kind": "amounts_differ", "subject": "difference:1"}, "does not differ"),
        ({"day_found_id": DAY - timedelta(days=1)}, "closed"),
        ({"settled_at": AFTER}, "settled before"),
        ({"opened_at": NOON + timedelta(days=365_000)}, "ahead of the clock"),
    ],
)
def test_a_difference_that_was_made_up_is_refused(world, changes, said):
    made_up = listed(**changes)
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        made_up.save()
    assert not CloseDifference.objects.filter(day_found=DAY).exists()


def test_one_made_up_among_true_ones_is_refused(world):
    with pytest.raises(DatabaseError, match="does not differ"), transaction.atomic():
        CloseDifference.objects.bulk_create([listed(), listed(subject="movement:999999")])


def test_nothing_is_taken_on_a_closed_day(world):
    """Listed there and settled at once, it would stand in no record."""
    maker, yesterday = people.officer("close.prepare"), DAY - timedelta(days=1)
    keys = [one.key for one in queries.found(DAY)]
    with pytest.raises(closing.NothingToTake):
        closing.take(day=yesterday, keys=keys, note="asked", by_id=maker, at=AFTER)
    assert closing.take(day=DAY, keys=keys, note="asked", by_id=maker, at=AFTER) == len(keys)


def test_what_is_gone_by_the_time_it_is_written_down_is_not_taken(world, monkeypatch):
    """She looked, the day was closed, she pressed the button."""
    maker, seen = people.officer("close.prepare"), queries.found(DAY)
    monkeypatch.setattr(queries, "found", lambda _day: seen)
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        keys = [one.key for one in seen if one.kind == "statement_missing"]
        with pytest.raises(closing.NothingToTake):
            closing.take(day=day, keys=keys, note="asked", by_id=maker, at=AFTER)
    assert closing.take(day=DAY, keys=keys, note="asked", by_id=maker, at=AFTER) == len(keys)


def test_what_was_listed_stands_in_the_record_of_its_day(world):
    listed().save()
    close_through(DAY, at=AFTER)
    recorded = Close.objects.get(pk=DAY).differences
    assert [one["subject"] for one in recorded if one["kind"] == "debit_unexplained"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM payments_close_difference WHERE day_found = %s", [DAY])
        assert cursor.fetchone()[0] >= 1
