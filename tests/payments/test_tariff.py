"""What a network keeps, by its tariff: a table."""

import pytest

from payments.tariff import charge_minor, explains, is_known

BANDS = {
    "bands": [
        {"up_to_minor": 1000, "charge_minor": 0},
        {"up_to_minor": 10000, "charge_minor": 100},
        {"up_to_minor": 150000, "charge_minor": 250},
    ],
    "bearer": "treasury",
}


@pytest.mark.parametrize(
    ("amount_minor", "kept_minor"),
    [
        (1, 0),
        (1000, 0),
        (1001, 100),
        (10000, 100),
        (10001, 250),
        (150000, 250),
        (150001, None),
    ],
)
def test_a_band_holds_up_to_and_including_its_amount(amount_minor, kept_minor):
    assert charge_minor(BANDS, amount_minor) == kept_minor


@pytest.mark.parametrize("tariff", [{}, {"bands": []}, {"bearer": "treasury"}])
def test_without_bands_the_tariff_says_nothing(tariff):
    assert charge_minor(tariff, 500) is None
    assert (is_known(tariff), is_known(BANDS)) == (False, True)


@pytest.mark.parametrize(
    ("tariff", "amount_minor", "kept_minor", "explained"),
    [
        (BANDS, 5000, 100, True),
        (BANDS, 5000, 101, False),
        (BANDS, 5000, 99, False),
        (BANDS, 150001, 250, False),  # Above the last band nothing is agreed.
        (BANDS, None, 100, False),  # About no collection that we know.
        ({}, 5000, 9999, False),  # Nothing is known, so nothing explains it.
        ({}, None, 9999, False),
    ],
)
def test_a_charge_is_its_tariff_or_it_is_not(tariff, amount_minor, kept_minor, explained):
    assert explains(tariff, amount_minor=amount_minor, kept_minor=kept_minor) is explained
