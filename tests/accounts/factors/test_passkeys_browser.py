"""A real browser with a software authenticator makes a passkey and signs in with it."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Passkey
from tests.accounts.browsing import sign_in
from tests.accounts.people import PASSWORD, staff
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, settings) -> str:
    """Browsers make passkeys for localhost, and for no bare number."""
    settings.SITE_URL = f"http://localhost:{urlsplit(live_server.url).port}"
    return settings.SITE_URL


def with_authenticator(page) -> None:
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_citizen_makes_a_passkey_on_her_phone_and_signs_in_with_it(site):
    browser = Client()
    sign_in(browser)
    with opened(width=PHONE) as page:
        with_authenticator(page)
        session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
        page.context.add_cookies([{**session, "url": site}])
        page.goto(site + reverse("accounts:passkeys"))
        assert (breaches(page), overhang(page)) == ([], 0)
        page.get_by_label("Name of this passkey").fill("My phone")
        page.get_by_role("button", name="Make the passkey").click()
        page.get_by_role("heading", name="My phone").wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.goto(site + reverse("accounts:passkey_sign_in"))
        assert (breaches(page), overhang(page)) == ([], 0)
        page.get_by_role("button", name="Use my passkey").click()
        page.wait_for_url("**/sign-in/who/")
    assert Passkey.objects.get().used_at is not None


def test_an_officer_makes_a_passkey_and_shows_it_after_her_password(site):
    officer = staff(display_name="Ange Mugisha")
    add = site + reverse("accounts:add_passkey")
    with opened(width=DESK) as page:
        with_authenticator(page)

        def begin() -> None:
            page.goto(site + reverse("accounts:staff_sign_in"))
            page.get_by_label("Email address").fill(officer.email)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()

        begin()
        page.wait_for_url("**/desk/")
        page.goto(add)
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Name of this passkey").fill("This computer")
        page.get_by_role("button", name="Make the passkey").wait_for()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Your recovery codes").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)
        page.get_by_role("link", name="I have them on paper").click()
        assert (breaches(page), overhang(page)) == ([], 0)
        page.get_by_role("button", name="Sign out").click()
        begin()
        page.wait_for_url("**/staff/second/")
        assert (breaches(page), overhang(page)) == ([], 0)
        page.get_by_role("button", name="Use my passkey").click()
        page.wait_for_url("**/desk/")
        page.goto(site + reverse("accounts:renew_recovery"))
        page.get_by_role("button", name="Use my passkey").click()
        page.get_by_text("Your passkey is shown.").wait_for()
        page.get_by_role("button", name="Make ten new codes").click()
        page.get_by_role("heading", name="Your recovery codes").wait_for()


def test_without_javascript_the_page_says_what_passkeys_need(site):
    browser = Client()
    sign_in(browser)
    with opened(width=PHONE, script=False) as page:
        session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
        page.context.add_cookies([{**session, "url": site}])
        page.goto(site + reverse("accounts:passkeys"))
        page.get_by_text("Passkeys need JavaScript").wait_for()
        assert not page.get_by_role("button", name="Make the passkey").is_visible()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_the_page_of_an_app_can_be_read_by_everybody(site, width, scheme):
    officer = staff()
    browser = Client()
    browser.post("/staff/", {"email": officer.email, "password": PASSWORD})
    browser.post("/staff/security/app/", {"password": PASSWORD})
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": site}])
        page.goto(site + reverse("accounts:confirm_app"))
        assert (breaches(page), overhang(page)) == ([], 0)
