"""Money is whole, and nothing is lost when it is shared or read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import money
from kernel.money import Money


@given(
    total=st.integers(min_value=0, max_value=10**12),
    parts=st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=20).filter(any),
)
def test_the_shares_add_up_and_none_is_off_by_more_than_one(total, parts):
    shares = money.split(total, parts)

    assert sum(shares) == total
    for share, part in zip(shares, parts, strict=True):
        assert abs(share - total * part / sum(parts)) <= 1


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("500", "RWF", 500),
        ("500.00", "RWF", 500),
        ("1,053.00", "KES", 105300),
        ("20,000.00", "KES", 2000000),
        (" 10 ", "BIF", 10),
        ("0", "RWF", 0),
    ],
)
def test_a_providers_text_is_read_as_minor_units(text, currency, minor):
    assert money.to_minor(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "1.5", "NaN", "Infinity", "1e400", "--3", "5 francs", "9" * 40),
        *("500,00", "1,5", "1,2,3", "1_000", "\u0665\u0660\u0660", "1e3", ",500"),
    ],
)
def test_what_is_not_a_whole_number_of_francs_is_refused(text):
    with pytest.raises(money.NotWhole):
        money.to_minor(text, "RWF")


def test_an_unknown_currency_is_refused():
    with pytest.raises(money.NotWhole):
        money.to_minor("5", "XXX")


def test_currencies_do_not_mix():
    with pytest.raises(money.CurrencyMismatch):
        Money(1, "RWF") + Money(1, "KES")


@pytest.mark.parametrize(
    ("amount", "language", "text"),
    [
        (Money(1500, "RWF"), "en", "1,500 RWF"),
        (Money(1500, "RWF"), "fr", "1\u202f500 RWF"),
        (Money(150050, "KES"), "en", "1,500.50 KES"),
        (Money(1500, "RWF"), "rw", "1\u202f500 RWF"),
    ],
)
def test_an_amount_is_written_in_the_readers_way(amount, language, text):
    assert amount.format(language) == text
