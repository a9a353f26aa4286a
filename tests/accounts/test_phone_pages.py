import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.models import Account, ContactPoint, OneTimeCode
from tests.accounts.browsing import NATIONAL_ID, PHONE, TYPED, ask, prove, sent, text
from tests.accounts.conftest import entry
from tests.accounts.people import citizen

pytestmark = pytest.mark.django_db

HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE accounts_account; --",
    "7" * 10_000,
    "\u202e101000887052+",
    "📱📱📱",
    "\x00",
    "+250788000101;ext=99",
    "+12125550123",  # Another country.
    "0252 123 456",  # Not a mobile.
    "0900 000 000",
    "",
]


def test_a_phone_signs_in_with_the_code_that_it_received(browser):
    assert browser.get("/sign-in/").status_code == 200
    answer = ask(browser)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code/")
    assert browser.get("/sign-in/code/").status_code == 200
    digits = sent()
    answer = browser.post("/sign-in/code/", {"code": f" {digits[:3]} {digits[3:]} "})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/who/")
    assert Account.objects.get(pk=browser.session[SESSION_KEY]).kind == "citizen"


def test_the_typed_phone_becomes_one_contact_however_it_is_written(browser):
    for typed in (TYPED, "+250 788 000 101", "00250788000101", "٠٧٨٨٠٠٠١٠١", "788-000-101"):
        assert ask(browser, typed)["Location"] == "/sign-in/code/"
        browser.post("/sign-in/code/", {"code": sent()})
    assert ContactPoint.objects.count() == 1
    assert ContactPoint.objects.get().value == PHONE


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda t: repr(t[:20]))
def test_hostile_phones_are_refused_in_words_and_shown_only_as_text(browser, typed):
    answer = ask(browser, typed)
    assert answer.status_code == 200
    assert "error-summary" in text(answer)
    assert "<script>alert" not in text(answer)
    assert not OneTimeCode.objects.exists()


def test_no_code_without_the_forms_token():
    strict = Client(enforce_csrf_checks=True)
    assert ask(strict).status_code == 403
    strict.get("/sign-in/")
    token = strict.cookies["csrftoken"].value
    assert ask(strict, csrfmiddlewaretoken=token).status_code == 302
    assert OneTimeCode.objects.count() == 1


def test_a_known_and_an_unknown_number_are_answered_alike():
    def answers(phone: str) -> list[str]:
        browser = Client()
        asked = ask(browser, phone)
        page = text(browser.get("/sign-in/code/"))
        form = page[page.index("<main") : page.index("</main>")]
        return [asked["Location"], *[line for line in form.splitlines() if "csrf" not in line]]

    with time_machine.travel("2026-11-23T10:00:00Z", tick=False):
        known = citizen(phone=PHONE)
        assert known
        # What she typed herself is all that may differ.
        unknown = [line.replace("555", PHONE[-3:]) for line in answers("+250788000555")]
        assert answers(PHONE) == unknown


def test_signing_in_changes_the_session_key_and_remembers_nobody(browser, register):
    ask(browser)
    before = browser.session.session_key
    browser.post("/sign-in/code/", {"code": sent()})
    assert browser.session.session_key != before
    assert SESSION_KEY in browser.session
    cookie = browser.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"

    register.people[NATIONAL_ID] = entry()
    prove(browser)
    assert browser.session["accounts.person"]
    ask(browser)
    browser.post("/sign-in/code/", {"code": sent()})
    assert "accounts.person" not in browser.session


def test_another_browser_cannot_type_the_code(browser):
    ask(browser)
    digits = sent()
    thief = Client()
    ask(thief, "0788 000 999")
    stolen = OneTimeCode.objects.order_by("pk").first()
    session = thief.session
    session["accounts.code"] = stolen.pk
    session.save()
    answer = thief.post("/sign-in/code/", {"code": digits})
    assert answer.status_code == 200
    assert SESSION_KEY not in thief.session


def test_the_code_page_without_a_code_asks_for_the_phone_first(browser):
    assert browser.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert browser.post("/sign-in/code/", {"code": "123456"})["Location"] == "/sign-in/"
    assert browser.post("/sign-in/code/again/")["Location"] == "/sign-in/"


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "١٢٣٤٥٦", "<script>", "1" * 10_000, "' OR 1=1", "🔑"]
)
def test_hostile_codes_are_refused_without_costing_an_attempt(browser, typed):
    ask(browser)
    answer = browser.post("/sign-in/code/", {"code": typed})
    assert answer.status_code == 200
    assert "error-summary" in text(answer)
    assert OneTimeCode.objects.get().attempts == 0


def test_a_wrong_code_and_a_dead_one_are_said_in_words(browser):
    ask(browser)
    wrong = f"{(int(sent()) + 1) % 10**6:06d}"
    for _ in range(4):
        assert "not the code" in text(browser.post("/sign-in/code/", {"code": wrong}))
    assert "no longer good" in text(browser.post("/sign-in/code/", {"code": wrong}))


def test_another_code_is_sent_after_a_minute_and_not_before(browser):
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False) as clock:
        ask(browser)
        assert "Send another code" not in text(browser.get("/sign-in/code/"))
        browser.post("/sign-in/code/again/")
        assert OneTimeCode.objects.count() == 1
        clock.shift(61)
        assert "Send another code" in text(browser.get("/sign-in/code/"))
        browser.post("/sign-in/code/again/")
        assert OneTimeCode.objects.count() == 2
        browser.post("/sign-in/code/", {"code": sent()})
        assert SESSION_KEY in browser.session


def test_too_many_codes_are_refused_with_the_time_to_come_back(browser):
    for _ in range(5):
        ask(browser)
        browser.post("/sign-in/code/", {"code": sent()})
    answer = ask(browser)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "Too many attempts" in text(answer)


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/cases/?page=2", "/cases/?page=2"),
        ("https://evil.example/", "/sign-in/who/"),
        ("//evil.example/", "/sign-in/who/"),
        ("javascript:alert(1)", "/sign-in/who/"),
        ("/\\evil.example", "/sign-in/who/"),
        ("", "/sign-in/who/"),
    ],
)
def test_the_way_back_leads_to_this_site_only(browser, target, leads_to):
    ask(browser, next=target)
    answer = browser.post("/sign-in/code/", {"code": sent()})
    assert answer["Location"] == leads_to
