"""Money that a message tells of, and that no statement ever shows, rings."""

from datetime import timedelta

import pytest

from payments.models import Alarm, Movement
from payments.operations import alarms, unstated, watching
from payments.states import AlarmKind
from tests.accounts.people import officer
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.world import post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def ringing():
    standing = Alarm.objects.filter(kind=AlarmKind.NOT_ON_STATEMENT, cleared_at=None)
    ids = [int(one.subject.removeprefix("movement:")) for one in standing.order_by("pk")]
    return [Movement.objects.get(pk=one).external_id for one in ids]


def hear(rail, external_id, *, day=0):
    post(telling(rail, "", 500, external_id=external_id, occurred_at=NOON + timedelta(days=day)))


def look(account, *bookings, day, to_day=None):
    """Bring the statement of these days, and look an hour later."""
    at = NOON + timedelta(days=day if to_day is None else to_day, hours=18)
    assert bring(account.statement(*bookings, day=day, to_day=to_day), at=at).is_posted
    watching.watch(at + timedelta(hours=1))


def test_it_rings_once_the_statements_are_three_days_past_it(world):
    account = Account()
    hear(world.bank, "shown")
    hear(world.bank, "FORGED")
    look(account, Booking(amount=500, id="shown"), day=0)
    for day in (1, 2, 3):
        look(account, Booking(amount=1, id=f"D{day}", day=day), day=day)
        assert ringing() == []

    look(account, Booking(amount=1, id="D4", day=4), day=4)

    assert ringing() == ["FORGED"]
    alarm = Alarm.objects.get()
    assert (alarm.rail_code, alarm.facts) == ("bank-rw", {"amount_minor": 500, "currency": "RWF"})


def test_it_rings_when_all_its_days_come_in_one_file(world):
    hear(world.bank, "FORGED")

    look(Account(), Booking(amount=1, id="D4"), day=0, to_day=4)

    assert ringing() == ["FORGED"]


def test_it_settles_when_a_statement_shows_it_and_stays_still_when_cleared(world):
    account = Account()
    hear(world.bank, "late")
    hear(world.bank, "FORGED")
    look(account, Booking(amount=1, id="D0"), day=0, to_day=4)
    assert ringing() == ["late", "FORGED"]

    look(account, Booking(amount=500, id="late", day=5), day=5)
    assert ringing() == ["FORGED"]

    alarm = Alarm.objects.get(cleared_at=None)
    alarms.clear(
        alarm_id=alarm.pk,
        by_id=officer("alarm.clear"),
        answer="reported",
        note="the bank looks for it",
        at=NOON + timedelta(days=5),
    )
    look(account, Booking(amount=1, id="D6", day=6), day=6)
    assert ringing() == []


def test_what_was_told_before_the_first_statement_or_elsewhere_does_not_ring(world):
    hear(world.bank, "before", day=-1)
    hear(world.mtn, "of a rail without statements")

    look(Account(), Booking(amount=1, id="D0"), day=0, to_day=4)

    assert ringing() == []


def test_one_look_raises_a_hundred_and_the_next_one_goes_on(world):
    post(*(telling(world.bank, "", 500) for _ in range(unstated.ALARMS_MAX + 2)))

    look(Account(), Booking(amount=1, id="D0"), day=0, to_day=4)
    assert len(ringing()) == unstated.ALARMS_MAX

    watching.watch(NOON + timedelta(days=5))
    assert len(ringing()) == unstated.ALARMS_MAX + 2
