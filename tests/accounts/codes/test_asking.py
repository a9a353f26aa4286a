"""The page that asks for a code: what it takes to be sent one, and what its answers tell."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import policies
from accounts.models import Budget, CodeTraffic, ContactPoint, OneTimeCode
from kernel import crypto
from tests.accounts.browsing import PHONE, TYPED, sent, text
from tests.accounts.people import citizen, officer
from tests.world import NOON

pytestmark = pytest.mark.django_db
UNKNOWN = "0788 000 555"


def opened(browser: Client) -> str:
    return str(browser.get("/sign-in/").context["token"])


def post(browser: Client, token: str | None, phone: str = TYPED):
    typed = {"phone": phone} if token is None else {"phone": phone, "token": token}
    return browser.post("/sign-in/", typed)


@pytest.mark.parametrize(
    "token", [None, "", "made-up", "a:b:c", "\x00", "x" * 9_000], ids=lambda told: repr(told)[:12]
)
def test_a_post_without_the_pages_token_sends_nothing(browser, token):
    answer = post(browser, token)
    assert answer.status_code == 200
    assert "Press the button once more" in text(answer)
    assert TYPED in text(answer)
    for rows in (OneTimeCode, ContactPoint, CodeTraffic, Budget):
        assert not rows.objects.exists()
    # The same form, sent again as it says, is sent.
    assert post(browser, answer.context["token"]).status_code == 302


def test_one_page_sends_one_code(browser):
    token = opened(browser)
    assert post(browser, token).status_code == 302
    assert post(browser, token).status_code == 200
    assert post(Client(), token, "0788 000 102").status_code == 200
    assert OneTimeCode.objects.count() == 1


def test_a_page_that_was_open_for_more_than_an_hour_is_opened_again(browser):
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False) as clock:
        token = opened(browser)
        clock.shift(timedelta(minutes=61))
        assert post(browser, token).status_code == 200
        assert not OneTimeCode.objects.exists()


def test_a_number_mistyped_uses_no_page_up(browser):
    token = opened(browser)
    assert "error-summary" in text(post(browser, token, "0788"))
    assert post(browser, token).status_code == 302


def test_a_second_code_waits_a_minute_a_third_two(browser):
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False) as clock:
        post(browser, opened(browser))
        for count, seconds in [(1, 59), (2, 1), (2, 119), (3, 1)]:
            clock.shift(seconds)
            browser.post("/sign-in/code/again/")
            assert OneTimeCode.objects.count() == count
        assert "Send another code" not in text(browser.get("/sign-in/code/"))


def told_of(phone: str, monkeypatch) -> tuple[list[str], int, list[bytes]]:
    """Return the statements, the number of keyed hashes, and the bytes of both answers."""
    browser, hashes = Client(), []
    token = opened(browser)
    for name in ("new", "digest"):
        real = getattr(crypto.hmac, name)
        monkeypatch.setattr(
            crypto.hmac,
            name,
            lambda *a, _real=real, **k: hashes.append(1) or _real(*a, **k),
        )
    with CaptureQueriesContext(connection) as asked:
        answers = [post(browser, token, phone)]
    statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in asked]
    monkeypatch.undo()
    answers.append(browser.get("/sign-in/code/"))
    secret = rb'(csrfmiddlewaretoken" value="|nonce[-="]+)[A-Za-z0-9+/=_-]+'
    # The end of the number that she typed herself stands on the page.
    typed = "…".encode() + phone[-3:].encode()
    bodies = [re.sub(secret, b"-", answer.content).replace(typed, b"-") for answer in answers]
    return statements, len(hashes), [answers[0]["Location"].encode(), *bodies]


def test_a_known_and_an_unknown_number_cost_and_say_the_same(monkeypatch):
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False):
        citizen(phone=PHONE)
        # The range's row is made by whoever asks first.
        post(*((first := Client()), opened(first)), "0788 000 777")
        known = told_of(TYPED, monkeypatch)
        unknown = told_of(UNKNOWN, monkeypatch)
    assert known == unknown
    assert known[0]
    assert known[1]


def test_signing_in_adds_at_most_three_queries_to_a_page(browser):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/").status_code == 200
        return len([query for query in queries if not query["sql"].startswith("SAVEPOINT")])

    asked()
    visitor = asked()
    post(browser, opened(browser))
    browser.post("/sign-in/code/", {"code": sent()})
    asked()
    assert asked() - visitor <= 3


def test_a_policy_check_is_one_query(country_tree, django_assert_max_num_queries):
    by_id = officer("case.decide", area_code="12")
    for area_code, is_allowed in [("1209", True), ("1301", False), (None, False)]:
        with django_assert_max_num_queries(1):
            said = policies.may(account_id=by_id, act="case.decide", area_code=area_code, at=NOON)
        assert said == is_allowed
