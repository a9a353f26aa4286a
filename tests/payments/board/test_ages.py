"""Since when the oldest of what stands has stood: in suspense, payable, on its way, owed back."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.pages.board import summing
from tests.payments.board.desk import BOARD, finance, text
from tests.payments.remittances.world import (
    DISTRICT,
    NEXT_DAY,
    approve,
    desk,
    layout,
    name_account,
    paid,
    proposed,
    sent,
)
from tests.payments.reversing import take_back
from tests.payments.world import debit, in_flight, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

TWO_DAYS_AGO, YESTERDAY = NOON - timedelta(days=2), NOON - timedelta(days=1)
LATER = NEXT_DAY + timedelta(hours=3)


@pytest.fixture
def at_desk(monkeypatch):
    layout(monkeypatch)
    made = desk()
    name_account(made)
    return made


def since(code: str, name: str, day: datetime = NEXT_DAY) -> datetime | None:
    told = summing.summed(day.date(), with_ages=True)
    [row] = [row for row in (*told.rails, *told.beneficiaries) if row.code == code]
    return row.figures[name].since


def amount(code: str, name: str, day: datetime = NEXT_DAY) -> int:
    told = summing.summed(day.date())
    [row] = [row for row in (*told.rails, *told.beneficiaries) if row.code == code]
    return row.figures[name].amount_minor


def test_suspense_is_as_old_as_its_oldest_on_that_rail():
    world = make_world()
    for at in (YESTERDAY, TWO_DAYS_AGO):
        post(telling(world.mtn, "nobody's", 5, occurred_at=at), at=at)
    post(telling(world.bank, "nobody's", 5))
    assert since("mtn-rw", "in_suspense") == TWO_DAYS_AGO
    assert since("bank-rw", "in_suspense") == NOON
    assert since("mtn-rw", "refunds_under_way") is None


def test_refunds_under_way_are_as_old_as_their_decision():
    world = make_world()
    post(telling(world.mtn, "nobody's", 5, external_id="C1"))
    post(telling(world.mtn, "nobody's", 5, external_id="C2"))
    old = in_flight(world.mtn, "C1", 5, at=YESTERDAY)
    in_flight(world.mtn, "C2", 5)
    assert since("mtn-rw", "refunds_under_way") == YESTERDAY

    post(debit(world.mtn, "payout", 5, key=old.key))

    assert since("mtn-rw", "refunds_under_way") == NOON


def test_what_is_payable_is_as_old_as_the_oldest_that_was_not_remitted(at_desk):
    paid(at_desk, 300, at=YESTERDAY)
    paid(at_desk, 500)
    assert since(DISTRICT, "payable") == YESTERDAY

    batch = proposed(at_desk)
    assert since(DISTRICT, "payable") == YESTERDAY  # In a batch that nobody has approved.
    assert since(DISTRICT, "on_its_way") is None

    paid(at_desk, 70, at=LATER)
    approve(batch, at_desk.decides)
    assert (since(DISTRICT, "payable"), since(DISTRICT, "on_its_way")) == (LATER, NEXT_DAY)


def test_a_batch_on_its_way_is_as_old_as_its_approval_until_the_bank_has_paid(at_desk):
    paid(at_desk, 800, rail=at_desk.world.bank)
    batch = sent(at_desk)
    assert (since(DISTRICT, "payable"), since(DISTRICT, "on_its_way")) == (None, NEXT_DAY)

    post(debit(batch.rail, "remittance", 800, key=batch.key), at=NEXT_DAY)

    assert DISTRICT not in {row.code for row in summing.summed(NEXT_DAY.date()).beneficiaries}


def test_what_was_taken_back_after_it_was_remitted_is_owed_back_and_not_payable(at_desk):
    paid(at_desk, 800, rail=at_desk.world.bank)
    batch = sent(at_desk)
    post(debit(batch.rail, "remittance", 800, key=batch.key), at=NEXT_DAY)

    take_back()

    day = NEXT_DAY + timedelta(days=9)
    assert (amount(DISTRICT, "payable", day), amount(DISTRICT, "owed_back", day)) == (0, 800)
    assert since(DISTRICT, "owed_back", day) is not None
    assert since(DISTRICT, "payable", day) is None


def test_the_board_of_today_says_it_and_a_board_of_the_past_does_not():
    world = make_world()
    post(telling(world.mtn, "nobody's", 90, occurred_at=TWO_DAYS_AGO), at=TWO_DAYS_AGO)
    said = f"since {TWO_DAYS_AGO.day} {TWO_DAYS_AGO:%B}"
    with time_machine.travel(NOON, tick=False):
        browser = finance()
        assert " ".join(_words(text(browser, BOARD))).count(said) == 2  # In its row, and in all.
        before = text(browser, f"{BOARD}?day={YESTERDAY.date()}")
        assert said not in " ".join(_words(before))
        rows = browser.get(f"{BOARD}board.csv").getvalue().decode().splitlines()
        [row] = [one for one in rows if ",mtn-rw,in_suspense," in one]
        assert datetime.fromisoformat(row.rpartition(",")[2]) == TWO_DAYS_AGO


def test_ages_cost_one_query_however_much_there_is(at_desk):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            summing.summed(NEXT_DAY.date(), with_ages=True)
        return len(queries)

    with CaptureQueriesContext(connection) as without:
        summing.summed(NEXT_DAY.date())
    assert asked() == len(without)  # Nothing stands: nothing is asked.
    paid(at_desk, 300)
    few = asked()
    assert few == len(without) + 1
    for _ in range(3):
        paid(at_desk, 300, 200, at=YESTERDAY)
    sent(at_desk)
    post(telling(at_desk.world.mtn, "nobody's", 5), telling(at_desk.world.bank, "nobody's", 5))
    assert asked() == few


def _words(page: str) -> list[str]:
    return re.sub(r"<[^>]+>", " ", page).split()
