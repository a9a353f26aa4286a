"""The reference survives people: slips are caught, habits of typing are forgiven."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import references

KNOWN = "858961326965"


def test_a_new_reference_is_valid_and_comes_back_from_every_form_it_takes():
    drawn = [references.new_reference() for _ in range(50)]
    assert len({reference[:5] for reference in drawn}) > 1
    assert len({reference[5:10] for reference in drawn}) > 1
    for reference in drawn:
        assert references.is_valid(reference)
        assert references.normalise(references.rf(reference)) == reference
        assert references.normalise(references.spaced(reference)) == reference


def test_a_reference_is_written_for_people_and_for_banks():
    assert references.spaced(KNOWN) == "8589 6132 6965"
    assert references.rf(KNOWN) == "RF74858961326965"


@given(position=st.integers(0, 11), digit=st.sampled_from("0123456789"))
def test_every_single_wrong_digit_is_caught(position, digit):
    slip = KNOWN[:position] + digit + KNOWN[position + 1 :]

    assert references.is_valid(slip) == (slip == KNOWN)


@given(st.integers(0, 10))
def test_every_swap_of_neighbours_is_caught(i):
    swapped = KNOWN[:i] + KNOWN[i + 1] + KNOWN[i] + KNOWN[i + 2 :]

    assert references.is_valid(swapped) == (swapped == KNOWN)


@pytest.mark.parametrize(
    "typed",
    [
        "8589 6132 6965",
        "8589-6132-6965",
        "RF74858961326965",
        "rf74 8589 6132 6965",
        "85896I326965",
        "pay for 858961326965 thanks",
        "858961326965 for a certificate",
        "x" * 188 + KNOWN,
        "8589613\n26965",
    ],
)
def test_a_reference_is_read_however_it_was_typed(typed):
    assert references.normalise(typed) == KNOWN


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "85896132696",
        "858961326966",
        "RF00858961326965",
        KNOWN.translate({ord("0") + i: 0xFF10 + i for i in range(10)}),  # Full-width digits.
        "x" * 10_000,
        "x" * 189 + KNOWN,  # Nobody types two hundred signs.
        "' OR 1=1 --",
    ],
)
def test_what_could_be_another_bill_is_never_guessed(typed):
    assert references.normalise(typed) is None


def test_two_references_in_one_text_are_none():
    other = references.new_reference()

    assert references.normalise(f"{KNOWN} x {other}") is None


def test_a_case_number_tells_a_slip_from_an_unknown_case():
    number = references.new_case_number("BC", 2026)

    assert number.startswith("BC-26-")
    assert references.new_case_number("BC", 2105).startswith("BC-05-")
    drawn = [references.new_case_number("BC", 2026)[6:] for _ in range(50)]
    assert len({digits[:5] for digits in drawn}) > 1
    full_width = number.translate({ord("0") + i: 0xFF10 + i for i in range(10)})
    assert references.normalise_case_number(full_width) is None
    assert references.normalise_case_number(number.lower().replace("-", " ")) == number
    last = str((int(number[-1]) + 1) % 10)
    assert references.normalise_case_number(number[:-1] + last) is None
    assert references.normalise_case_number("x" * 10_000) is None
