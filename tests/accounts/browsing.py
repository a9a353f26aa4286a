"""What a browser does at the sign-in pages, for the tests of these pages."""

from django.test import Client
from django.utils import timezone

from accounts import operations
from accounts.models import Account, OneTimeCode
from accounts.operations import form_tokens
from tests.accounts.people import PASSWORD

PHONE, TYPED = "+250788000101", "0788 000 101"
NATIONAL_ID = "1199078000000104"


def ask(browser: Client, phone: str = TYPED, **more):
    """Open the page and ask for a code by its form."""
    token = browser.get("/sign-in/").context
    # Who is signed in already is led on from the page, and has no form.
    token = token["token"] if token else form_tokens.draw()
    return browser.post("/sign-in/", {"phone": phone, "token": token, **more})


def sent() -> str:
    """Play the handler of the message: draw the digits of the last code."""
    code = OneTimeCode.objects.latest("pk")
    return operations.mint_code(code_id=code.pk, at=timezone.now())


def sign_in(browser: Client, phone: str = TYPED) -> None:
    ask(browser, phone)
    assert browser.post("/sign-in/code/", {"code": sent()}).status_code == 302


def prove(browser: Client, national_id: str = NATIONAL_ID, born_on: str = "02/05/1990", **more):
    return browser.post("/sign-in/who/", {"national_id": national_id, "born_on": born_on, **more})


def text(response) -> str:
    return response.content.decode()


def staff_in(browser: Client, account: Account, password: str = PASSWORD, **more):
    return browser.post("/staff/", {"email": account.email, "password": password, **more})
