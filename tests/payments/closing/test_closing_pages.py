"""The pages on which a day is closed: two browsers, one day."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from payments.models import CloseDifference, LedgerDay
from payments.queries import closing as queries
from payments.states import Leg
from tests.accounts import people
from tests.payments.closing.days import close_through
from tests.payments.world import debit, issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

DAY = NOON.date()
LIST = "/desk/money/closing/"
PAGE = f"{LIST}{DAY}/"


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        yield


@pytest.fixture
def world():
    made = make_world()
    close_through(DAY - timedelta(days=1), at=NOON)
    return made


def staff(*acts: str) -> Client:
    browser = Client()
    browser.force_login(Account.objects.get(pk=people.officer("money.view", *acts)))
    return browser


def text(browser: Client, page: str = PAGE) -> str:
    answer = browser.get(page)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_day_is_closed_by_two_browsers(world, settings):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500))
    maker, checker = staff("close.prepare"), staff("close.sign")

    assert "blocked by 1 difference" in text(maker, LIST)
    page = text(maker)
    assert "The statement of this day has not come" in page
    assert "Prepare the close" not in page

    keys = [one.key for one in queries.found(DAY)]
    kept = maker.post(f"{PAGE}take/", {"difference": [], "note": "I asked MTN"})
    assert kept.status_code == 422
    assert "I asked MTN" in kept.content.decode()
    maker.post(f"{PAGE}take/", {"difference": keys, "note": "I asked MTN"})
    assert CloseDifference.objects.get(subject=keys[0].split()[1]).note == "I asked MTN"

    maker.post(f"{PAGE}prepare/")
    assert "Sign and close the day" not in text(maker)
    page = text(checker)
    assert "Sign and close the day" in page
    stamp = queries.signatures(DAY).prepared_at.isoformat()
    wrong = checker.post(f"{PAGE}sign/", {"stamp": stamp, "password": "wrong"})
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.content.decode()
    checker.post(f"{PAGE}sign/", {"stamp": stamp, "password": people.PASSWORD})
    assert LedgerDay.objects.get(pk=DAY).closed_at is not None

    page = text(checker)
    assert "The day is closed and sealed." in page
    assert queries.signatures(DAY).seal in page
    pack = checker.get(f"{PAGE}pack.zip")
    assert b"".join(pack.streaming_content)[:2] == b"PK"
    assert f'"day-{DAY}.zip"' in pack["Content-Disposition"]
    settings.PRACTICE = True
    assert f'"PRACTICE-day-{DAY}.zip"' in checker.get(f"{PAGE}pack.zip")["Content-Disposition"]
    settings.PRACTICE = False
    assert "closed" in text(checker, LIST)


def test_a_page_that_is_old_closes_nothing(world):
    maker, checker = staff("close.prepare"), staff("close.sign")
    maker.post(f"{PAGE}prepare/")
    stamp = queries.signatures(DAY).prepared_at.isoformat()
    with time_machine.travel(NOON + timedelta(days=1, minutes=1), tick=False):
        maker.post(f"{PAGE}prepare/")
        old = {"stamp": stamp, "password": people.PASSWORD}
        checker.post(f"{PAGE}sign/", old)
        assert "prepared again since you opened" in text(checker)
        new = {**old, "stamp": queries.signatures(DAY).prepared_at.isoformat()}
        checker.post(f"{PAGE}sign/", new)
        # The second press finds it closed.
        checker.post(f"{PAGE}sign/", new)
        assert "Days are closed in their order, each once." in text(checker)
    assert LedgerDay.objects.get(pk=DAY).closed_at is not None


def test_closing_with_a_difference_that_is_nobodys_is_refused(world):
    post(debit(world.mtn, Leg.WITHDRAWAL, 7))
    maker = staff("close.prepare")
    maker.post(f"{PAGE}prepare/")
    page = text(maker)
    assert "2 differences are nobody&#x27;s yet. The day is not closed." in page
    assert "Money left, and nobody has explained it" in page


def test_a_difference_is_taken_over_and_settled(world):
    post(telling(world.mtn, "", 40, external_id="M1"))
    post(telling(world.mtn, "", 41, external_id="M1"))
    maker, other = staff("close.prepare"), staff("close.prepare")
    maker.post(
        f"{PAGE}take/", {"difference": [one.key for one in queries.found(DAY)], "note": "asked"}
    )
    differs = CloseDifference.objects.get(kind="amounts_differ")
    other.post(f"{PAGE}take-over/", {"difference": differs.pk, "note": "I go on"})
    differs.refresh_from_db()
    assert differs.note == "I go on"
    other.post(f"{PAGE}settle/", {"difference": differs.pk, "note": "40 is right"})
    differs.refresh_from_db()
    assert differs.settled_note == "40 is right"
    signer = text(staff("close.sign"))
    assert "Settled by a person" in signer
    assert "40 is right" in signer
    other.post(f"{PAGE}settle/", {"difference": differs.pk, "note": "again"})
    assert "It is settled already" in text(other)


def test_who_may_not_sees_and_does_nothing(world):
    reader, stranger = staff(), Client()
    stranger.force_login(Account.objects.get(pk=people.officer("case.decide")))
    assert stranger.get(LIST).status_code == 403
    assert stranger.get(PAGE).status_code == 403
    assert stranger.get(f"{LIST}{DAY - timedelta(days=1)}/pack.zip").status_code == 403
    assert Client().get(PAGE).status_code == 302
    assert reader.post(f"{PAGE}prepare/").status_code == 403
    assert reader.post(f"{PAGE}take/", {"difference": "x y", "note": "n"}).status_code == 403
    assert reader.get(f"{PAGE}prepare/").status_code == 405
    assert reader.get(f"{PAGE}pack.zip").status_code == 404


@pytest.mark.parametrize("typed", ["2026-13-01", "x", "1999-01-01"])
def test_there_is_no_such_day(world, typed):
    assert staff().get(f"{LIST}{typed}/").status_code == 404


def test_an_older_page_of_days(world):
    page = text(staff(), f"{LIST}?before={DAY}")
    assert f"{LIST}{DAY}/" not in page
    assert f"{LIST}{DAY - timedelta(days=1)}/" in page
    assert staff().get(f"{LIST}?before=x").status_code == 404


def test_many_differences_take_as_many_queries_as_one(world):
    browser = staff("close.prepare", "close.sign")
    post(debit(world.mtn, Leg.WITHDRAWAL, 7), telling(world.bank, "", 5))
    text(browser)
    with CaptureQueriesContext(connection) as one:
        text(browser)
    post(*(debit(world.mtn, Leg.WITHDRAWAL, 9) for _ in range(20)))
    with CaptureQueriesContext(connection) as many:
        text(browser)
    assert len(many) == len(one)


def test_what_is_settled_while_the_signer_reads_is_read_again(world):
    post(telling(world.mtn, "", 40, external_id="M1"))
    post(telling(world.mtn, "", 41, external_id="M1"))
    maker, checker = staff("close.prepare"), staff("close.sign")
    keys = [one.key for one in queries.found(DAY)]
    maker.post(f"{PAGE}take/", {"difference": keys, "note": "asked"})
    maker.post(f"{PAGE}prepare/")
    stamp = queries.signatures(DAY).prepared_at.isoformat()
    read = {"stamp": stamp, "settled": "0", "password": people.PASSWORD}
    differs = CloseDifference.objects.get(kind="amounts_differ")
    maker.post(f"{PAGE}settle/", {"difference": differs.pk, "note": "40 is right"})
    checker.post(f"{PAGE}sign/", read)
    page = text(checker)
    assert "Somebody has settled a difference since" in page
    assert 'name="settled" value="1"' in page
    assert LedgerDay.objects.get(pk=DAY).closed_at is None
    checker.post(f"{PAGE}sign/", {**read, "settled": "1"})
    assert LedgerDay.objects.get(pk=DAY).closed_at is not None
