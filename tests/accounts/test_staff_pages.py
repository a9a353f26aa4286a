import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone

from tests.accounts import people
from tests.accounts.browsing import NATIONAL_ID, prove, sign_in, staff_in, text
from tests.accounts.conftest import entry
from tests.accounts.people import PASSWORD, citizen, officer, staff

pytestmark = pytest.mark.django_db


def test_an_officer_goes_to_her_desk_and_an_operator_to_the_admin(browser):
    assert staff_in(browser, staff())["Location"] == "/desk/"
    assert staff_in(Client(), staff(is_staff=True))["Location"] == "/operators/"
    answer = staff_in(Client(), staff(), next="/desk/to-sign/")
    assert answer["Location"] == "/desk/to-sign/"
    answer = staff_in(Client(), staff(), next="https://evil.example/")
    assert answer["Location"] == "/desk/"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody@guichet.example", PASSWORD),
        ("<script>alert(1)</script>", "x"),
        ("a@b.example' OR '1'='1", "x"),
        ("a" * 10_000 + "@b.example", "x"),
        ("a@b.example", "x" * 10_000),
        ("🙂@b.example", "🙂"),
        ("", ""),
    ],
    ids=lambda v: repr(v[:12]),
)
def test_staff_are_refused_in_words(browser, email, password):
    answer = browser.post("/staff/", {"email": email, "password": password})
    assert answer.status_code == 200
    assert "error-summary" in text(answer)
    assert "<script>alert" not in text(answer)
    assert password == "" or f'value="{password}"' not in text(answer)
    assert SESSION_KEY not in browser.session


def test_guessing_a_password_is_locked(browser):
    account = staff()
    for _ in range(5):
        assert staff_in(browser, account, "wrong").status_code == 200
    assert staff_in(browser, account).status_code == 429


def test_staff_are_signed_out_after_half_an_hour_without_a_page(browser):
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False) as clock:
        staff_in(browser, staff())
        for _ in range(3):
            clock.shift(29 * 60)
            assert browser.get("/staff/")["Location"] == "/desk/"
        clock.shift(31 * 60)
        assert browser.get("/staff/").status_code == 200
        assert SESSION_KEY not in browser.session


def test_a_citizen_at_a_counter_is_not_hurried(browser):
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False) as clock:
        sign_in(browser)
        clock.shift(3 * 3600)
        assert browser.get("/sign-in/who/").status_code == 200


def test_a_closed_account_is_out_with_the_next_page(browser):
    account = staff()
    staff_in(browser, account)
    by_id = officer("staff.manage")
    people.close_account(account_id=account.pk, by_id=by_id, at=timezone.now())
    assert browser.get("/staff/").status_code == 200


def test_signing_out_needs_a_post_and_ends_the_session(browser):
    staff_in(browser, staff())
    assert browser.get("/sign-out/").status_code == 405
    assert SESSION_KEY in browser.session
    assert browser.post("/sign-out/").status_code == 302
    assert SESSION_KEY not in browser.session
    assert browser.post("/sign-out/").status_code == 302


def test_a_citizen_who_signs_in_as_staff_leaves_nothing_behind(browser, register):
    register.people[NATIONAL_ID] = entry()
    sign_in(browser)
    prove(browser)
    staff_in(browser, staff())
    assert "accounts.person" not in browser.session


def test_the_admin_is_for_operators_and_signs_nobody_in_itself(browser):
    answer = browser.get("/operators/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/staff/")
    account = staff()
    staff_in(browser, account)
    assert browser.get("/operators/", follow=True).status_code == 403
    answer = browser.post("/operators/login/", {"username": account.login, "password": PASSWORD})
    assert answer.status_code in {302, 403}


def test_an_operator_reads_accounts_and_rights_and_changes_nothing(browser):
    operator = staff(is_staff=True)
    her = citizen()
    staff_in(browser, operator)
    for page in ("account", "grant", "stepup"):
        assert browser.get(f"/operators/accounts/{page}/").status_code == 200
        assert browser.get(f"/operators/accounts/{page}/add/").status_code == 403
    url = f"/operators/accounts/account/{operator.pk}/change/"
    assert browser.get(url).status_code == 200
    assert "argon2" not in text(browser.get(url))
    assert browser.post(url, {"is_superuser": "on"}).status_code == 403
    page = text(browser.get(f"/operators/accounts/account/{her.account_id}/change/"))
    assert her.phone[4:] not in page
    assert browser.get("/operators/accounts/person/").status_code == 404
