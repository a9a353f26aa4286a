"""A rail that falls silent is noticed and rings; bills wait, payers are told; then it is over."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from payments import traffic
from payments.models import Alarm, Bill, Rail, RailHealth, RailHour
from payments.operations import billing, channels, health
from tests.accounts import people
from tests.payments.prompts import contract_with
from tests.payments.world import issue, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

PAGE = "/desk/money/channels/"
WEEK = timedelta(days=7)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def history(rail: Rail, *, an_hour: int, now=NOON, weeks: int = 4) -> None:
    """So many an hour, at every hour of the last day and the same hours of the weeks before."""
    RailHealth.objects.update_or_create(
        rail=rail,
        defaults={"counted_from": now - WEEK * weeks - timedelta(days=1), "counted_until": now},
    )
    for week in range(1, weeks + 1):
        then = now - WEEK * week
        for hour in traffic.hours_of(then - timedelta(hours=13), then + timedelta(hours=6)):
            RailHour.objects.create(rail=rail, hour=hour, seen=an_hour, first_at=hour, last_at=hour)


def pay(rail: Rail, *, heard_at, occurred_at=None) -> None:
    reference = issue(500, at=NOON - timedelta(days=1)).reference
    post(telling(rail, reference, 500, occurred_at=occurred_at or heard_at), at=heard_at)


def state(rail: Rail, now) -> str:
    found = health.troubles(now).get(rail.pk)
    return found.kind if found else ""


def test_silence_in_normal_traffic_is_noticed_after_ten_minutes_and_over_with_the_next(world):
    history(world.mtn, an_hour=60)
    pay(world.mtn, heard_at=NOON)
    assert channels.look(NOON + minutes(9)) == 0
    assert channels.look(NOON + minutes(10)) == 1

    assert state(world.mtn, NOON + minutes(10)) == health.QUIET
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.rail_code, alarm.facts["why"]) == ("rail_silent", "mtn-rw", "quiet")
    channels.look(NOON + minutes(11))
    assert Alarm.objects.count() == 1

    pay(world.mtn, heard_at=NOON + minutes(12))
    assert channels.look(NOON + minutes(12)) == 0
    assert Alarm.objects.get().cleared_at == NOON + minutes(12)


def test_a_new_rail_and_an_idle_one_are_never_blamed(world):
    history(world.bank, an_hour=1)
    pay(world.mtn, heard_at=NOON)
    pay(world.bank, heard_at=NOON)
    assert channels.look(NOON + timedelta(hours=5)) == 0


def test_confirmations_that_come_late_are_noticed_by_their_median(world):
    for number in range(4):
        heard = NOON + minutes(number)
        pay(world.mtn, heard_at=heard, occurred_at=heard - minutes(40))
    pay(world.bank, heard_at=NOON)
    assert channels.look(NOON + minutes(5)) == 1
    found = health.troubles(NOON + minutes(5))[world.mtn.pk]
    assert (found.kind, found.late_by) == (health.LATE, minutes(40))
    assert channels.look(NOON + minutes(40)) == 0  # Half an hour later they say nothing any more.


def test_what_only_a_statement_tells_says_nothing_about_the_rail(world):
    history(world.mtn, an_hour=60)
    pay(world.mtn, heard_at=NOON)
    late = NOON + minutes(12)
    reference = issue(500).reference
    post(
        telling(world.mtn, reference, 500, source="statement", occurred_at=NOON - WEEK / 7),
        at=late,
    )
    assert channels.look(late) == 1
    assert state(world.mtn, late) == health.QUIET
    assert RailHour.objects.get(rail=world.mtn, hour=NOON).seen == 1


def test_hours_are_counted_once_however_often_they_are_looked_at(world):
    for minute in (1, 30, 61):
        pay(world.mtn, heard_at=NOON + minutes(minute))
        channels.count(NOON + minutes(minute))
    channels.count(NOON + minutes(62))
    hours = RailHour.objects.filter(rail=world.mtn).order_by("hour")
    assert [(one.hour, one.seen) for one in hours] == [
        (NOON, 2),
        (NOON + timedelta(hours=1), 1),
    ]


def test_what_was_posted_late_is_counted_where_it_was_heard(world):
    channels.count(NOON + minutes(5))
    pay(world.mtn, heard_at=NOON + minutes(1))
    channels.count(NOON + minutes(6))
    assert RailHour.objects.get(rail=world.mtn).seen == 1


def test_counting_never_reads_back_beyond_its_reach(world):
    channels.count(NOON - timedelta(days=9))
    pay(world.mtn, heard_at=NOON - timedelta(days=5))
    pay(world.mtn, heard_at=NOON)
    channels.count(NOON)
    assert [one.hour for one in RailHour.objects.all()] == [NOON]
    # What nobody counted is not taken for silence.
    assert RailHealth.objects.get(rail=world.mtn).counted_from > NOON - timedelta(days=3)


def test_bills_of_its_currency_do_not_expire_while_a_rail_is_quiet_or_late(world):
    bill = issue(500, at=NOON - timedelta(days=7, minutes=-5))
    history(world.mtn, an_hour=60)
    pay(world.mtn, heard_at=NOON)
    silent = NOON + minutes(20)
    channels.look(silent)
    assert billing.expire_due(now=silent, limit=9) == 0
    pay(world.mtn, heard_at=silent)
    channels.look(silent)
    assert billing.expire_due(now=silent, limit=9) == 1
    assert Bill.objects.get(pk=bill.id).state == "EXPIRED"


def test_an_old_look_freezes_nothing(world):
    history(world.mtn, an_hour=60)
    pay(world.mtn, heard_at=NOON)
    channels.look(NOON + minutes(20))
    assert state(world.mtn, NOON + minutes(21)) == health.QUIET
    assert state(world.mtn, NOON + minutes(20) + health.LOOK_FRESH + minutes(1)) == ""


def test_not_answering_goes_before_the_rest(world):
    RailHealth.objects.create(
        rail=world.mtn,
        silent_since=NOON - minutes(5),
        troubled_at=NOON,
        late_since=NOON,
        late_seconds=2400,
        looked_at=NOON,
    )
    found = health.troubles(NOON)[world.mtn.pk]
    assert (found.kind, found.late_by) == (health.SILENT, minutes(40))


# --- the page


def staff(*acts: str) -> Client:
    browser = Client()
    browser.force_login(Account.objects.get(pk=people.officer(*acts)))
    return browser


def text(browser: Client, url: str = PAGE) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def late(rail: Rail, by_minutes: int) -> None:
    RailHealth.objects.update_or_create(
        rail=rail,
        defaults={
            "late_since": NOON - minutes(20),
            "late_seconds": by_minutes * 60,
            "looked_at": NOON,
        },
    )


@pytest.mark.usefixtures("at_noon")
def test_the_page_sets_what_came_against_what_is_usual(world):
    history(world.mtn, an_hour=60)
    RailHour.objects.create(
        rail=world.mtn,
        hour=NOON - timedelta(hours=1),
        seen=7,
        first_at=NOON - minutes(50),
        last_at=NOON - minutes(44),
    )
    late(world.mtn, 40)
    page = text(staff("money.view"))
    assert "<b>7</b> <small>usual: 60</small>" in page
    assert "usual: not known yet" in page  # Of the other rail.
    assert "Payers are told that confirmations are 40 minutes late." in page
    assert "no reference in its currency expires" in page
    assert "style=" not in page


@pytest.mark.usefixtures("at_noon")
def test_the_page_is_for_those_who_may_see_money():
    assert staff("case.decide").get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302
    assert "No network or bank is in use." in text(staff("money.view"))


@pytest.mark.usefixtures("at_noon")
def test_many_rails_take_as_many_queries_as_one(world):
    browser = staff("money.view")
    Rail.objects.filter(pk=world.bank.pk).update(active=False)
    text(browser)
    with CaptureQueriesContext(connection) as one:
        text(browser)
    Rail.objects.filter(pk=world.bank.pk).update(active=True)
    history(world.mtn, an_hour=60)
    history(world.bank, an_hour=6)
    late(world.mtn, 15)
    with CaptureQueriesContext(connection) as many:
        text(browser)
    assert len(many) == len(one)


# --- payers


@pytest.fixture
def payable(settings, world):
    gateways = contract_with("http://127.0.0.1:9", rail_code="mtn-rw")
    settings.GATEWAYS = {**gateways, "rails": {**gateways["rails"], "bank-rw": {}}}
    settings.LANGUAGE_CODE = "en"
    Rail.objects.filter(pk=world.mtn.pk).update(names={"en": "MTN"})
    Rail.objects.filter(pk=world.bank.pk).update(names={"en": "Bank of Kigali"})
    return issue(500)


@pytest.mark.usefixtures("at_noon")
def test_payers_are_told_not_to_pay_again_and_which_ways_are_open(world, payable):
    late(world.mtn, 43)
    page = text(Client(), reverse("payments:pay", args=[payable.key]))
    assert "MTN confirmations are 40 minutes late. Do not pay again." in page
    assert "Not paid yet? The same reference works with:" in page
    assert "Bank of Kigali" in page


@pytest.mark.usefixtures("at_noon")
def test_payers_are_told_hours_when_it_is_hours_and_of_a_network_that_does_not_answer(
    world, payable
):
    late(world.mtn, 190)
    RailHealth.objects.create(rail=world.bank, silent_since=NOON - minutes(9), troubled_at=NOON)
    page = text(Client(), reverse("payments:pay", args=[payable.key]))
    assert "MTN confirmations are 3 hours late. Do not pay again." in page
    assert "Bank of Kigali does not answer at the moment. Do not pay again." in page
    assert "Not paid yet?" not in page  # There is no other way just now.


@pytest.mark.usefixtures("at_noon")
def test_an_open_page_hears_of_it_and_of_its_end(world, payable):
    browser = Client()
    before = browser.get(reverse("payments:pay", args=[payable.key])).context["ticket"]
    status = reverse("payments:status", args=[payable.key]) + f"?seen={before.face}"
    assert browser.get(status).json()["version"] == before.version
    late(world.mtn, 40)
    told = browser.get(status).json()
    assert told["version"] != before.version
    assert "40 minutes late" in told["html"]
    RailHealth.objects.update(looked_at=None)
    assert browser.get(status).json()["version"] == before.version


@pytest.mark.usefixtures("at_noon")
def test_when_all_is_as_usual_payers_see_nothing(world, payable):
    assert "late" not in text(Client(), reverse("payments:pay", args=[payable.key]))
