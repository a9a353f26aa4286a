"""Every act is said in words that an officer understands, and by one policy for all."""

import pytest
from django.utils import translation

from accounts import acts, words
from accounts.policies import Breadth, covers

CODES = sorted(code for code in acts.codes() if not code.startswith("tests."))


@pytest.mark.parametrize("code", CODES)
def test_every_act_has_a_name_and_an_explanation(code):
    with translation.override("en"):
        said = words.act(code)
        assert said.name != code
        assert str(said.name)[0].islower(), "the name follows 'may'"
        assert str(said.explained).endswith(".")
        assert said.subject


def test_an_act_that_is_no_more_is_told_by_its_code():
    assert words.act("tests.gone").name == "tests.gone"


def test_every_pair_is_of_acts_that_there_are_and_has_a_reason():
    for (one, other), why in acts.apart().items():
        assert one < other
        assert {one, other} <= acts.codes()
        assert why
    assert acts.apart_from("rights.confirm")["rights.give"]


@pytest.mark.parametrize(
    ("wide", "narrow", "path", "answer"),
    [
        (Breadth(), Breadth(area_code="1209"), "1/12/1209", True),
        (Breadth(area_code="12"), Breadth(area_code="1209"), "1/12/1209", True),
        (Breadth(area_code="12"), Breadth(), "", False),
        (Breadth(area_code="1213"), Breadth(area_code="1209"), "1/12/1209", False),
        (Breadth(service_code="a"), Breadth(), "", False),
        (Breadth(service_code="a"), Breadth(service_code="a"), "", True),
        (Breadth(rail_code="a"), Breadth(rail_code="b"), "", False),
        (Breadth(beneficiary_code="a"), Breadth(), "", False),
    ],
    ids=str,
)
def test_one_breadth_covers_another_if_it_is_at_least_as_wide(wide, narrow, path, answer):
    assert covers(wide, narrow, path=path) is answer
