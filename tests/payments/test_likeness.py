"""Which reference a payer may have meant: pure rules, by tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from kernel import references
from payments import likeness
from payments.likeness import Candidate, Reason

MEANT = "858961326965"


def candidate(**other) -> Candidate:
    return Candidate(
        **{"bill_id": 1, "reference": MEANT, "due_minor": 500, "currency": "RWF", **other}
    )


def reasons(typed: str, *, amount_minor: int = 700, **other) -> set[Reason]:
    found = likeness.propose(
        [candidate(**other)], typed=typed, amount_minor=amount_minor, currency="RWF"
    )
    return set(found[0].reasons) if found else set()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("858961326956", {Reason.ONE_SLIP}),  # Two neighbours swapped.
        ("858961326960", {Reason.ONE_SLIP}),  # One digit wrong.
        ("85896132696", {Reason.ONE_SLIP}),  # The last one lost.
        ("8589961326965", {Reason.ONE_SLIP}),  # One too many.
        ("868961326960", {Reason.TWO_SLIPS}),
        ("5889 6132 6956", {Reason.TWO_SLIPS}),
        ("school fees 858961326965 july", {Reason.IN_THE_TEXT}),
        ("RF74858961326965", {Reason.IN_THE_TEXT}),
        ("868961326900", set()),  # Three slips are no likeness.
        ("", set()),
        ("birth certificate", set()),
    ],
)
def test_a_slip_is_recognised_and_a_stranger_is_not(typed, why):
    assert reasons(typed) == why


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"paid_by_code": True}, {Reason.PAID_BEFORE}),
        ({"is_payers": True}, set()),
        ({"due_minor": 700}, set()),
        ({"due_minor": 700, "is_payers": True}, set()),
        ({"paid_by_code": True, "due_minor": 700}, {Reason.PAID_BEFORE, Reason.SAME_AMOUNT}),
    ],
)
def test_amount_and_payer_speak_for_a_bill_and_never_alone(other, why):
    assert reasons("MP210603.1234", **other) == why


def test_another_currency_is_never_proposed():
    assert reasons("858961326956") == {Reason.ONE_SLIP}
    assert not reasons("858961326956", currency="KES")
    # One in another currency does not hide the next.
    proposed = likeness.propose(
        [candidate(currency="KES"), candidate(bill_id=7)],
        typed="858961326956",
        amount_minor=700,
        currency="RWF",
    )
    assert [one.bill_id for one in proposed] == [7]


def test_the_likeliest_comes_first():
    near = candidate(bill_id=7)
    nearer = candidate(bill_id=9, due_minor=700)
    proposed = likeness.propose(
        [near, nearer], typed="858961326956", amount_minor=700, currency="RWF"
    )
    assert [one.bill_id for one in proposed] == [9, 7]


@pytest.mark.parametrize("number", ["", "7", "12", "77", "123"])
def test_a_slip_is_all_that_lies_at_a_distance_of_one(number):
    """Beside an independent reckoning of the distance, over every number that short."""
    others = {
        f"{value:0{length}d}" if length else ""
        for length in range(len(number) + 2)
        for value in range(10**length)
    }
    near = {one for one in others if OSA.distance(number, one) <= 1}

    assert set(likeness._slips(number)) | {number} == near


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("868961326960", True),  # Two digits wrong.
        ("5889613269 56", True),  # Two swaps.
        ("8896132695", True),  # Two lost: the shortest that can be it.
        ("85889961326965", True),  # Two too many: the longest.
        ("889613269", False),
        ("858899613269655", False),
        (f"12 {MEANT} 34 56", True),  # It stands there whole.
    ],
)
def test_two_slips_find_the_way_back_and_three_do_not(typed, is_found):
    assert (MEANT in likeness.spellings(typed)) is is_found


@given(st.integers(10**9, 10**10 - 1), st.data())
def test_every_single_slip_finds_the_way_back(body, data):
    meant = next(one for one in [f"{body}{c:02d}" for c in range(100)] if references.is_valid(one))
    at = data.draw(st.integers(0, 11))
    digit = data.draw(st.sampled_from("0123456789"))
    slipped = data.draw(
        st.sampled_from(
            [
                meant[:at] + digit + meant[at + 1 :],
                meant[:at] + meant[at + 1 :],
                meant[:at] + digit + meant[at:],
            ]
        )
    )
    assert meant in likeness.spellings(slipped)
    assert references.normalise(meant) == meant


@given(st.text(max_size=60))
def test_whatever_is_typed_there_are_few_spellings_and_all_are_references(typed):
    found = likeness.spellings(typed)
    assert len(found) < 1000
    assert all(references.is_valid(one) for one in found)
