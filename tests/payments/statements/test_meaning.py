"""What an entry means by itself: a table of legs, and which digits of ours its texts carry."""

import pytest

from kernel import references
from payments.operations.importing.meaning import leg, reference
from payments.states import Leg

OURS = "858961326965"
OTHER = "100000000093"


class Entry:
    def __init__(self, amount_minor, *, is_reversal=False, kind=""):
        self.amount_minor = amount_minor
        self.is_reversal = is_reversal
        self.kind = kind


@pytest.mark.parametrize(
    ("entry", "moved"),
    [
        (Entry(0), None),
        (Entry(0, is_reversal=True, kind="charge"), None),
        (Entry(1), Leg.CREDIT),
        (Entry(500, is_reversal=True), Leg.CREDIT),
        (Entry(500, kind="charge"), Leg.CREDIT),
        (Entry(-1), Leg.WITHDRAWAL),
        (Entry(-500, is_reversal=True), Leg.REVERSAL),
        (Entry(-500, is_reversal=True, kind="charge"), Leg.REVERSAL),
        (Entry(-500, kind="charge"), Leg.CHARGE),
        (Entry(-500, kind="sweep"), Leg.SWEEP),
        (Entry(-500, kind="payment"), Leg.WITHDRAWAL),
    ],
)
def test_the_leg_of_an_entry(entry, moved):
    assert leg(entry) == moved


def test_the_references_of_these_tables_are_references():
    assert references.is_valid(OURS)
    assert references.is_valid(OTHER)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([], ""),
        (["rent"], "rent"),
        (["rent", "july"], "rent"),
        ([OURS], OURS),
        (["rent", OURS], OURS),
        ([f"/ROC/{OURS}/x"], OURS),
        (["8589 6132 6965"], OURS),
        (["RF74858961326965"], OURS),
        (["RF74 8589 6132 6965"], OURS),
        ([f"fees of July {OURS} for a certificate"], OURS),
        ([f"fees of July RF74{OURS} for a certificate"], OURS),
        # A text that is one goes before digits that stand by themselves, and these before windows.
        ([OURS, f"in place of the bill {OTHER}"], OURS),
        (["8589 6132 6965", f"in place of the bill {OTHER}"], OURS),
        ([f"paid: {OURS}, by the account", f"55{OTHER}55 of the customer"], OURS),
        ([f"some words before 55{OURS}55"], OURS),
        (["paid as bill 8589 6132 6965 at a branch"], OURS),
        (["paid as bill 8589-6132.6965 at a branch"], OURS),
        # Beyond what `normalise` reads of one text.
        (["x" * 300 + f" {OURS}"], OURS),
        # The same twice is one.
        ([OURS, OURS], OURS),
        ([f"for {OURS} of customer {OURS}"], OURS),
    ],
)
def test_the_digits_of_ours_are_found(texts, found):
    assert reference(texts) == found


@pytest.mark.parametrize(
    "texts",
    [
        [OURS, OTHER],
        [f"for {OURS} and for {OTHER} together"],
        [f"some words before 55{OURS}55", f"some words before 55{OTHER}55"],
    ],
)
def test_of_two_references_the_engine_gets_none(texts):
    assert references.normalise(reference(texts)) is None


def test_a_text_of_two_is_not_kept_where_the_engine_would_take_one_of_them():
    # Each text alone reads as one reference: the engine must not see it.
    assert reference([OURS, OTHER]) == ""
    assert reference([OURS, OTHER, "words"]) == "words"


def test_the_first_text_is_kept_as_far_as_it_can_be_stored():
    assert reference(["\x00" + "x" * 300]) == "x" * 200
