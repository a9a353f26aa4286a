"""The play's own providers: what their statements say when they come late, or forget a payment."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.storm.month import outside, plan
from config.storm.month.outside import Booking, Books
from config.storm.month.plan import BANK, RETIRED, WALLET, Bill
from config.storm.month.post import Post
from payments import statements

ZONE = ZoneInfo("Africa/Kigali")
MONDAY = date(2026, 1, 5)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def post() -> Post:
    """Three days on which the bank and the wallet booked two payments each."""
    books = {name: Books(f"{name}-1", "RWF") for name in (BANK, WALLET, RETIRED)}
    for number in range(3):
        at = NOON + timedelta(days=number)
        for name in (BANK, WALLET):
            for one in "ab":
                books[name].book(Booking(f"{one}{number}", at, 500, outside.PAYMENT, text="rent"))
    return Post(books)


def brought(post: Post, number: int) -> list[tuple[str, date, bool]]:
    day = MONDAY + timedelta(days=number - 1)
    return [(one.account, one.day, one.is_sound) for one in post.bring(day, number)]


def test_a_statement_without_a_line_comes_again_whole_the_next_day(post, monkeypatch) -> None:
    monkeypatch.setattr("config.storm.month.post.CUT", {(BANK, 1)})
    monkeypatch.setattr("config.storm.month.post.LATE", set())
    first, second = (list(post.bring(MONDAY + timedelta(days=day), day + 1)) for day in (0, 1))

    assert [(one.account, one.is_sound) for one in first] == [(WALLET, True), (BANK, False)]
    _, whole, following = second
    assert (whole.day, whole.is_sound, following.day) == (MONDAY, True, MONDAY + timedelta(days=1))
    [cut], [sound] = statements.read(first[1].body), statements.read(whole.body)
    assert (len(cut.entries), len(sound.entries)) == (1, 2)
    assert cut.problems
    assert not sound.problems


def test_a_late_statement_comes_behind_the_one_that_follows_it(post, monkeypatch) -> None:
    monkeypatch.setattr("config.storm.month.post.CUT", set())
    monkeypatch.setattr("config.storm.month.post.LATE", {(WALLET, 2)})
    days = [MONDAY + timedelta(days=number) for number in range(3)]

    assert brought(post, 1) == [(WALLET, days[0], True), (BANK, days[0], True)]
    assert brought(post, 2) == [(BANK, days[1], True)]
    assert not post.is_empty
    assert brought(post, 3) == [
        (WALLET, days[2], False),
        (WALLET, days[1], True),
        (WALLET, days[2], True),
        (BANK, days[2], True),
    ]
    assert post.is_empty


def test_some_still_pay_into_the_retired_pay_bill_and_it_sends_no_news() -> None:
    bills = [Bill(f"{number:012d}", 500) for number in range(40)]

    def paid(number: int) -> list[plan.Paid]:
        made = plan.payments(bills, seed=1, day=MONDAY, number=number, zone=ZONE)
        return [one for one in made if one.rail == RETIRED]

    there = paid(1)
    assert len(there) == plan.TO_RETIRED[1]
    assert all(one.told_at is None and one.reference == one.meant for one in there)
    assert paid(3) == []
