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
    ("total", "parts", "shares"),
    [
        (5, [1], [5]),
        (10, [1, 1, 1], [4, 3, 3]),
        (11, [1, 1, 1], [4, 4, 3]),
        (10, [0, 1], [0, 10]),
        # To the largest lost fraction, wherever it stands.
        (100, [1, 2, 3], [17, 33, 50]),
        (100, [3, 2, 1], [50, 33, 17]),
    ],
)
def test_the_remainder_goes_to_the_largest_lost_fraction_and_then_to_the_first(
    total, parts, shares
):
    assert money.split(total, parts) == shares


@pytest.mark.parametrize("parts", [[], [0], [0, 0], [-1], [-1, 2], [2, -1]])
def test_nothing_can_be_shared_by_no_weight_or_less(parts):
    with pytest.raises(ValueError, match=r"^the parts must be non-negative and not all zero$"):
        money.split(5, parts)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("500", "RWF", 500),
        ("500.00", "RWF", 500),
        ("1,053.00", "KES", 105300),
        ("20,000.00", "KES", 2000000),
        (" 10 ", "BIF", 10),
        ("0", "RWF", 0),
        ("-12.5", "KES", -1250),
        (str(2**62 - 1), "RWF", 2**62 - 1),
    ],
)
def test_a_providers_text_is_read_as_minor_units(text, currency, minor):
    assert money.to_minor(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "1.5", "NaN", "Infinity", "1e400", "--3", "5 francs", "9" * 40),
        *(str(2**62), str(-(2**62)), str(2**62 + 1)),
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
    assert Money(1, "RWF") + Money(2, "RWF") == Money(3, "RWF")
    with pytest.raises(money.CurrencyMismatch, match=r"^RWF \+ KES$"):
        Money(1, "RWF") + Money(1, "KES")


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [(500, "RWF", "500"), (1250, "KES", "12.50"), (0, "KES", "0.00"), (5, "USD", "0.05")],
)
def test_an_amount_is_written_for_a_provider_as_it_is_read(amount_minor, currency, text):
    assert money.to_decimal_text(amount_minor, currency) == text
    assert money.to_minor(text, currency) == amount_minor


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
