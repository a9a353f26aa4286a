"""From day to day a bank's statements go on without a gap, also over the turn of a year."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments import statements
from sandbox import accounts
from sandbox import statements as told_by_banks
from sandbox.population import World
from sandbox.settings import Settings
from sandbox.store import Store

KIGALI = ZoneInfo("Africa/Kigali")
FIRST = date(2026, 12, 30)


def app_on(folder):
    store = Store(folder, [accounts.SCHEMA])
    state = SimpleNamespace(
        store=store, world=World.read("rw"), settings=Settings.read({"SANDBOX_COUNTRY": "rw"})
    )
    return SimpleNamespace(state=state)


def at(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=KIGALI).timestamp()


def test_midnight_is_the_countrys_own(tmp_path):
    app = app_on(tmp_path)
    for i, moment in enumerate((at(FIRST, 0), at(FIRST, 23, 59), at(FIRST + timedelta(1), 0))):
        accounts.book(
            app.state.store,
            bank="bank",
            what=accounts.PAYMENT,
            external_id=f"BK{i}",
            amount=Decimal(100),
            currency="RWF",
            at=moment,
        )
    days = [told_by_banks.of_day(app, "bank", FIRST + timedelta(n)) for n in (-1, 0, 1)]
    assert [len(day.bookings) for day in days] == [0, 2, 1]
    assert [(day.opening, day.closing) for day in days] == [(0, 0), (0, 200), (200, 300)]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, 86_399),
            st.sampled_from(sorted(told_by_banks._WORDS)),
            st.integers(1, 10**9),
        ),
        max_size=12,
    )
)
def test_each_day_adds_up_and_opens_where_the_day_before_closed(tmp_path_factory, booked):
    app = app_on(tmp_path_factory.mktemp("bank"))
    for i, (day, second, what, amount) in enumerate(booked):
        accounts.book(
            app.state.store,
            bank="bank",
            what=what,
            external_id=f"BK{i}",
            original_id="BK0" if what == accounts.REVERSAL else "",
            amount=Decimal(amount) * (1 if what == accounts.PAYMENT else -1),
            currency="RWF",
            at=at(FIRST + timedelta(day), 0) + second,
        )
    for build in (told_by_banks.camt, told_by_banks.mt940):
        closing = 0
        for n in range(4):
            text = build(told_by_banks.of_day(app, "bank", FIRST + timedelta(n)))
            [told] = statements.read(text.encode())
            assert told.balances
            assert told.opening_minor == closing
            closing = told.closing_minor
        assert closing == sum(
            amount if what == accounts.PAYMENT else -amount for _, _, what, amount in booked
        )
    app.state.store.close()


@pytest.mark.parametrize(("day", "number"), [("2026-12-31", 365), ("2027-01-01", 1)])
def test_a_year_counts_its_own_statements(tmp_path, day, number):
    assert told_by_banks.of_day(app_on(tmp_path), "bank", date.fromisoformat(day)).number == number
