"""Between the password and the second factor nobody is in; and what she does with her factors."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts.models import Passkey, StepUp, Visit
from accounts.operations import factors
from tests.accounts.browsing import sign_in, staff_in, text
from tests.accounts.factors.authenticator import Authenticator
from tests.accounts.factors.world import add_app, add_passkey, code_of
from tests.accounts.people import PASSWORD, staff
from tests.world import NOON

pytestmark = pytest.mark.django_db

SECURITY = "/staff/security/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


def told(browser: Client, purpose: str) -> dict:
    answer = browser.post("/passkeys/challenge/", {"purpose": purpose})
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)["publicKey"]


def test_after_the_password_nobody_is_in(browser):
    officer = staff()
    add_app(officer.pk)
    assert staff_in(browser, officer, next="/desk/to-sign/")["Location"] == "/staff/second/"
    assert SESSION_KEY not in browser.session
    for page in ("/desk/", "/desk/to-sign/", SECURITY, "/operators/", "/cases/"):
        assert browser.get(page).status_code == 302, page
    assert not Visit.objects.exists()
    half = browser.session.session_key
    answer = browser.post("/staff/second/", {"code": code_of(officer.pk, NOON)})
    assert answer["Location"] == "/desk/to-sign/"
    assert browser.session.session_key != half
    assert Visit.objects.get().strength == ["password", "second"]
    assert browser.get(SECURITY).status_code == 200


def test_the_session_key_changes_at_each_step(browser):
    officer = staff()
    add_app(officer.pk)
    sign_in(browser)
    keys = [browser.session.session_key]
    staff_in(browser, officer)
    keys.append(browser.session.session_key)
    assert "accounts.proven" not in browser.session
    browser.post("/staff/second/", {"code": code_of(officer.pk, NOON)})
    keys.append(browser.session.session_key)
    assert len(set(keys)) == 3


def test_a_key_planted_before_signing_in_is_worth_nothing_afterwards(browser):
    officer = staff()
    add_app(officer.pk)
    browser.get("/staff/")
    sign_in(browser)
    planted = browser.cookies["sessionid"].value
    staff_in(browser, officer)
    half = browser.cookies["sessionid"].value
    browser.post("/staff/second/", {"code": code_of(officer.pk, NOON)})
    for old in (planted, half):
        thief = Client()
        thief.cookies["sessionid"] = old
        assert thief.get(SECURITY).status_code == 302
        assert thief.get("/staff/second/")["Location"] == "/staff/"


def test_the_question_is_open_for_ten_minutes(browser, clock):
    officer = staff()
    add_app(officer.pk)
    staff_in(browser, officer)
    clock.shift(timedelta(minutes=10))
    answer = browser.post("/staff/second/", {"code": code_of(officer.pk, timezone.now())})
    assert answer["Location"] == "/staff/"
    assert SESSION_KEY not in browser.session


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": make_password("another")}])
def test_a_half_ends_with_the_account_and_with_the_password(browser, change):
    officer = staff()
    add_app(officer.pk)
    staff_in(browser, officer)
    type(officer).objects.filter(pk=officer.pk).update(**change)
    answer = browser.post("/staff/second/", {"code": code_of(officer.pk, NOON)})
    assert answer["Location"] == "/staff/"


def test_a_wrong_code_says_only_that_it_is_not_right_and_guessing_ends(browser):
    officer = staff()
    add_app(officer.pk)
    staff_in(browser, officer)
    for _ in range(5):
        answer = browser.post("/staff/second/", {"code": "000000"})
        assert (answer.status_code, "That is not right." in text(answer)) == (422, True)
    answer = browser.post("/staff/second/", {"code": code_of(officer.pk, NOON)})
    assert answer.status_code == 429
    assert SESSION_KEY not in browser.session


def test_nobody_reaches_the_question_without_a_password(browser):
    assert browser.get("/staff/second/")["Location"] == "/staff/"
    assert browser.post("/passkeys/challenge/", {"purpose": "second"}).status_code == 404
    assert browser.post("/passkeys/challenge/", {"purpose": "add"}).status_code == 404
    assert browser.post("/passkeys/challenge/", {"purpose": "nonsense"}).status_code == 404


def test_a_passkey_answers_the_question_of_its_own_account_only(browser):
    officer, other = staff(), staff()
    held, others = add_passkey(officer.pk), add_passkey(other.pk)
    staff_in(browser, officer)
    asked = told(browser, "second")
    assert len(asked["allowCredentials"]) == 1
    refused = browser.post("/staff/second/", {"passkey": others.get(asked)})
    assert refused.status_code == 422
    answer = browser.post("/staff/second/", {"passkey": held.get(told(browser, "second"))})
    assert answer["Location"] == "/desk/"
    assert Visit.objects.get().strength == ["passkey", "password"]


def test_a_passkey_alone_signs_staff_in_because_it_is_both(browser):
    officer = staff()
    held = add_passkey(officer.pk)
    browser.get("/sign-in/passkey/")
    answer = browser.post(
        "/sign-in/passkey/", {"passkey": held.get(told(browser, "sign-in")), "next": SECURITY}
    )
    assert answer["Location"] == SECURITY
    away = browser.post("/sign-in/passkey/", {"passkey": "x", "next": "https://evil.example/"})
    assert away.status_code == 422


def test_an_answer_from_another_browser_is_refused(browser):
    officer = staff()
    held = add_passkey(officer.pk)
    stolen = held.get(told(browser, "sign-in"))
    thief = Client()
    told(thief, "sign-in")
    assert thief.post("/sign-in/passkey/", {"passkey": stolen}).status_code == 422
    assert browser.post("/sign-in/passkey/", {"passkey": stolen}).status_code == 302


def test_she_adds_an_app_and_is_shown_her_recovery_codes_once(browser):
    officer = staff()
    staff_in(browser, officer)
    assert "None yet" in text(browser.get(SECURITY))
    wrong = browser.post(f"{SECURITY}app/", {"password": "wrong"})
    assert "This is not your password." in text(wrong)
    answer = browser.post(f"{SECURITY}app/", {"password": PASSWORD})
    assert answer["Location"] == f"{SECURITY}app/confirm/"
    shown = text(browser.get(f"{SECURITY}app/confirm/"))
    assert "<svg" in shown
    assert "style=" not in shown
    assert 'src="data:' not in shown
    refused = browser.post(f"{SECURITY}app/confirm/", {"code": "000000"})
    assert "That is not right." in text(refused)
    answer = browser.post(f"{SECURITY}app/confirm/", {"code": code_of(officer.pk, NOON)})
    codes = re.findall(r"<li>([0-9a-z]{4}(?:-[0-9a-z]{4}){5})</li>", text(answer))
    assert len(codes) == 10
    after = text(browser.get(SECURITY))
    assert "10 codes are left" in after
    assert codes[0] not in after
    assert browser.get(f"{SECURITY}app/confirm/")["Location"] == f"{SECURITY}app/"


def test_she_adds_names_and_removes_a_passkey(browser, clock):
    officer = staff()
    staff_in(browser, officer)
    browser.post(f"{SECURITY}passkeys/add/", {"password": PASSWORD})
    nothing = browser.post(f"{SECURITY}passkeys/add/", {"passkey": "", "name": "My phone"})
    assert "made no passkey yet" in text(nothing)
    held = Authenticator()
    made = {"passkey": held.create(told(browser, "add")), "name": "My <b>phone</b>"}
    answer = browser.post(f"{SECURITY}passkeys/add/", made)
    assert "Your recovery codes" in text(answer)
    kept = Passkey.objects.get()
    listed = text(browser.get(SECURITY))
    assert "My &lt;b&gt;phone" in listed
    page = f"{SECURITY}passkeys/{kept.pk}/"
    browser.post(page, {"name": "Blue phone"})
    assert "Blue phone" in text(browser.get(SECURITY))
    assert browser.post(page, {"remove": "yes", "password": PASSWORD}).status_code == 422
    shown = held.get(told(browser, f"step-up {factors.CHANGE_PURPOSE}"))
    assert browser.post(page, {"remove": "yes", "password_passkey": shown}).status_code == 302
    assert not factors.enrolled(officer.pk)
    assert browser.get(page).status_code == 404


def test_a_made_passkey_without_the_proof_is_not_kept(browser):
    staff_in(browser, staff())
    made = {"passkey": Authenticator().create(told(browser, "add")), "name": "x"}
    assert browser.post(f"{SECURITY}passkeys/add/", made).status_code == 302
    assert not Passkey.objects.exists()


def test_nobody_sees_or_touches_anothers_passkey(browser):
    add_passkey(staff().pk)
    anothers = Passkey.objects.get()
    staff_in(browser, staff())
    page = f"{SECURITY}passkeys/{anothers.pk}/"
    assert browser.get(page).status_code == 404
    assert browser.post(page, {"name": "mine"}).status_code == 404
    assert browser.post(page, {"remove": "yes", "password": PASSWORD}).status_code == 404


def test_where_a_factor_is_required_nothing_opens_before_one(browser, settings):
    settings.STAFF_SECOND_FACTOR = "required"
    operator = staff(is_staff=True)
    staff_in(browser, operator)
    for page in ("/desk/", "/operators/", "/operators/accounts/account/", "/", "/api/schema/"):
        assert browser.get(page)["Location"] == SECURITY, page
    assert "Before anything else opens" in text(browser.get(SECURITY))
    weak = browser.session.session_key
    browser.post(f"{SECURITY}app/", {"password": PASSWORD})
    browser.post(f"{SECURITY}app/confirm/", {"code": code_of(operator.pk, NOON)})
    assert browser.session.session_key != weak
    assert browser.get("/operators/").status_code == 200
    refused = browser.get(f"{SECURITY}app/remove/")
    assert refused.status_code == 200
    assert StepUp.objects.count() == 1


def test_another_browser_that_is_in_by_password_alone_must_show_the_factor_too(browser, settings):
    officer = staff()
    staff_in(browser, officer)
    add_app(officer.pk)
    settings.STAFF_SECOND_FACTOR = "required"
    assert browser.get("/desk/")["Location"] == SECURITY
    assert browser.get(SECURITY)["Location"] == "/staff/second/"
    assert SESSION_KEY not in browser.session


def test_a_citizen_adds_a_passkey_and_signs_in_with_it(browser, clock):
    sign_in(browser)
    page = "/account/passkeys/"
    assert browser.get(page).status_code == 200
    held = Authenticator()
    made = {"passkey": held.create(told(browser, "add")), "name": "My phone"}
    assert browser.post(page, made)["Location"] == page
    other = Client()
    shown = {"passkey": held.get(told(other, "sign-in"))}
    assert other.post("/sign-in/passkey/", shown)["Location"] == "/sign-in/who/"
    kept = Passkey.objects.get()
    assert other.post(f"{page}{kept.pk}/", {"remove": "yes"})["Location"] == page
    shown = {"passkey": held.get(told(Client(), "sign-in"))}
    assert Client().post("/sign-in/passkey/", shown).status_code == 422


def test_a_passkey_is_added_only_soon_after_signing_in(browser, clock):
    sign_in(browser)
    clock.shift(timedelta(minutes=15))
    page = "/account/passkeys/"
    assert "Sign in once more" in text(browser.get(page))
    made = {"passkey": Authenticator().create(told(browser, "add")), "name": "My phone"}
    browser.post(page, made)
    assert not Passkey.objects.exists()
    assert browser.post(f"{page}again/")["Location"].endswith(f"?next={page}")
    assert SESSION_KEY not in browser.session


def test_a_passkey_does_not_fit_a_site_without_a_name(browser, settings):
    settings.SITE_URL = "http://127.0.0.1:8000"
    sign_in(browser)
    assert "the site needs a name" in text(browser.get("/account/passkeys/"))
    assert browser.post("/passkeys/challenge/", {"purpose": "add"}).status_code == 409


def test_signing_in_costs_one_question_more(browser, django_assert_num_queries):
    officer = staff()
    staff_in(browser, officer)
    assert factors.enrolled(officer.pk) == factors.Enrolled(False, 0, 0)
    with django_assert_num_queries(1):
        factors.enrolled(officer.pk)
