"""The pages of the door take as many queries for many codes and persons as for one."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.accounts.browsing import PHONE, ask, prove, sent, sign_in
from tests.accounts.conftest import entry
from tests.world import NOON

pytestmark = pytest.mark.django_db

IDS = [f"11990780000001{number:02d}" for number in range(4, 9)]


def queries(browser, address):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["/sign-in/", "/sign-in/code/"])
def test_asking_for_codes_again_and_again_makes_no_page_dearer(browser, address):
    with time_machine.travel(NOON, tick=False) as clock:
        ask(browser)
        sent()
        one = queries(browser, address)
        for _ in range(2):
            clock.shift(timedelta(minutes=2))
            browser.post("/sign-in/code/again/")
            sent()
        assert queries(browser, address) == one <= 4


def test_many_persons_behind_one_phone_make_the_page_no_dearer(browser, register):
    with time_machine.travel(NOON, tick=False):
        register.people = {national_id: entry(national_id) for national_id in IDS}
        sign_in(browser, PHONE)
        prove(browser, IDS[0])
        one = queries(browser, "/sign-in/who/")
        for national_id in IDS[1:]:
            assert prove(browser, national_id).status_code == 302
        assert queries(browser, "/sign-in/who/") == one <= 6
