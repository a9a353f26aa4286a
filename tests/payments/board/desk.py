"""A finance officer at the board, and money for her to look at."""

import re

from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.accounts import people

BOARD = "/desk/money/board/"


def finance(*acts: str) -> Client:
    browser = Client()
    browser.force_login(Account.objects.get(pk=people.officer(*(acts or ("money.view",)))))
    return browser


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def link(page: str, containing: str) -> str:
    """Return the first address on the page that contains this."""
    found = [one for one in re.findall(r'href="([^"]+)"', page) if containing in one]
    assert found, containing
    return found[0].replace("&amp;", "&")


def movement_page(movement_id: int) -> str:
    return reverse("payments:board_movement", args=[movement_id])
