"""What is typed as an amount in the room of control is taken, or said to be none."""

import pytest
import time_machine
from django.urls import reverse

from payments.models import Limit, Move
from tests.accounts.people import officer
from tests.applications.browser import officer_at, text_of
from tests.payments.control.allowed import allow_sweeps
from tests.payments.world import make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

NONE = ["10.5", "1E+2", "1e13", "-0", "0", "-5", "9" * 30, "NaN", "Infinity", "ten", "1\x00"]


@pytest.fixture
def retired():
    """A rail out of use that holds 900."""
    with time_machine.travel(NOON, tick=False):
        world = make_world()
        post(telling(world.bank, "", 900))
        type(world.bank).objects.filter(pk=world.bank.pk).update(active=False)
        allow_sweeps(world.bank)
        yield world.bank


def order(rail, amount: str):
    browser = officer_at(officer("money.view", "move.ask"))
    form = {"rail": rail.code, "amount": amount, "reason": "the contract ended"}
    return browser.post(reverse("payments:control_move"), form)


def limit(amount: str, **other: str):
    browser = officer_at(officer("money.view", "limit.ask"))
    asked = {
        "act": "refund.decide",
        "rail": "*",
        "per_act": amount,
        "per_person": "1000000",
        "per_day": "2000000",
        "reason": "Order 1/2026",
        **other,
    }
    form = {f"limit-{name}": value for name, value in asked.items()}
    return browser.post(reverse("payments:control_limit"), form)


@pytest.mark.parametrize("amount", NONE)
def test_what_is_no_amount_is_said_so(retired, amount):
    for answer in (order(retired, amount), limit(amount)):
        assert answer.status_code == 422
    assert not Move.objects.exists()
    assert not Limit.objects.exists()


def test_the_page_names_it_and_keeps_what_was_typed(retired):
    page = text_of(limit("10.5"))
    assert "Write an amount above zero" in page
    assert 'value="10.5"' in page


@pytest.mark.parametrize("amount", ["900", "900.00", " 900 "])
def test_an_amount_as_people_write_it_is_taken(retired, amount):
    assert order(retired, amount).status_code == 302
    assert Move.objects.get().amount_minor == 900


def test_spaces_between_thousands_are_taken(retired):
    assert (
        limit("1 000", per_person="10\u202f000", per_day="1\u00a0000\u00a0000").status_code == 302
    )
    asked = Limit.objects.get()
    assert (asked.per_act_minor, asked.per_person_minor, asked.per_day_minor) == (
        1_000,
        10_000,
        1_000_000,
    )
