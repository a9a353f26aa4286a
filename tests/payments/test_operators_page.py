"""The operator's page: what rings, what was checked, how the rails do, what waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from payments.models import Alarm, Check, Inbox, RailHealth
from payments.operations import alarms
from payments.pages.operations import KINDS
from payments.states import AlarmKind
from tests.accounts import people
from tests.payments.test_alarms import unreadable
from tests.payments.world import make_world
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PAGE = "/desk/money/operations/"
CLEAR = f"{PAGE}clear/"


def staff(*acts: str) -> Client:
    browser = Client()
    browser.force_login(Account.objects.get(pk=people.officer(*acts)))
    return browser


def ring(kind: AlarmKind = AlarmKind.DEBIT_UNEXPLAINED, subject: str = "movement:17") -> int:
    return alarms.raise_(
        kind=kind,
        subject=subject,
        rail_code="mtn-rw",
        facts={"amount_minor": 300, "currency": "RWF"},
        at=NOON - timedelta(hours=2),
    )


def text(browser: Client) -> str:
    answer = browser.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_quiet_house_says_so():
    page = text(staff("money.view"))
    for said in (
        "No alarm is open.",
        "Nothing has been checked yet.",
        "No network or bank is in use.",
        "No message waits.",
        "None was set aside in the last seven days.",
    ):
        assert said in page


def test_an_alarm_stands_there_in_words_with_its_age_and_facts():
    ring()
    page = text(staff("money.view"))
    assert "Money left an account, and nobody here ordered it" in page
    assert "movement:17 · mtn-rw" in page
    assert "amount 300 RWF" in page
    assert "2\xa0hours" in page
    assert "Looked into" not in page  # She may look, and not clear.


def test_every_kind_has_its_words():
    assert set(KINDS) == set(AlarmKind)


def test_the_last_check_names_what_does_not_hold():
    Check.objects.create(code="journal_balanced", offending=9, checked_at=NOON - timedelta(days=1))
    for code, offending in (("journal_balanced", 0), ("receipts_gapless", 2)):
        Check.objects.create(code=code, offending=offending, checked_at=NOON)
    page = text(staff("money.view"))
    assert "1 claim does not hold" in page
    assert page.index("receipts_gapless") < page.index("journal_balanced")


def test_rails_and_messages_are_told():
    world = make_world()
    RailHealth.objects.create(
        rail=world.mtn, troubled_at=NOON, silent_since=NOON - timedelta(minutes=9)
    )
    Inbox.objects.create(message_id=1, received_at=NOON)
    Inbox.objects.create(message_id=2, received_at=NOON, due_at=NOON + timedelta(minutes=1))
    unreadable("mtn-rw", "bad_amount", read_at=NOON)
    page = text(staff("money.view"))
    assert "silent" in page
    assert "2 messages wait to be posted" in page
    assert "1 of them is tried again later." in page
    assert "bad_amount" in page


def test_whoever_may_clears_an_alarm_and_a_second_press_is_told():
    alarm_id = ring(AlarmKind.EVIDENCE_DISAGREES)
    browser = staff("money.view", "alarm.clear")
    assert "Looked into" in text(browser)
    assert browser.post(CLEAR, {"alarm": alarm_id}).url == PAGE
    page = text(browser)
    assert "The alarm is cleared." in page
    assert "No alarm is open." in page
    browser.post(CLEAR, {"alarm": alarm_id})
    assert "Somebody has cleared this alarm already." in text(browser)


def test_an_alarm_about_spending_goes_only_with_an_answer():
    alarm_id = ring()
    browser = staff("money.view", "alarm.clear")
    assert "Looked into" not in text(browser)
    refused = browser.post(CLEAR, {"alarm": alarm_id, "answer": "", "note": "I rang the bank"})
    assert refused.status_code == 422
    assert "Choose what you found out" in refused.content.decode()
    assert "I rang the bank" in refused.content.decode()
    browser.post(CLEAR, {"alarm": alarm_id, "answer": "reported", "note": "I rang the bank"})
    assert "No alarm is open." in text(browser)


def test_why_messages_were_set_aside_is_said_in_words():
    for reason in (
        "tells_no_money",
        "bad_amount",
        "no_time",
        "refused: some_rule",
        "never_foreseen",
    ):
        unreadable("mtn-rw", reason, read_at=NOON)
    page = text(staff("money.view"))
    for said in (
        "it tells of no money that moved",
        "cannot be true",
        "is missing",
        "never_foreseen",
    ):
        assert said in page


def test_others_see_nothing_and_clear_nothing():
    alarm_id = ring()
    assert staff("case.decide").get(PAGE).status_code == 403
    assert staff("money.view").post(CLEAR, {"alarm": alarm_id}).status_code == 403
    assert Client().get(PAGE).status_code == 302
    assert Alarm.objects.get().cleared_at is None


@pytest.mark.parametrize("typed", [{}, {"alarm": "x"}, {"alarm": "-1"}, {"alarm": "99999999999"}])
def test_a_made_up_alarm_clears_nothing(typed):
    assert staff("money.view", "alarm.clear").post(CLEAR, typed).url == PAGE


def test_many_alarms_take_as_many_queries_as_one():
    browser = staff("money.view", "alarm.clear")
    ring()
    text(browser)
    with CaptureQueriesContext(connection) as one:
        text(browser)
    for number in range(20):
        ring(subject=f"movement:{number + 100}")
        unreadable("mtn-rw", f"reason_{number}", read_at=NOON)
    make_world()
    with CaptureQueriesContext(connection) as many:
        text(browser)
    assert len(many) == len(one)
