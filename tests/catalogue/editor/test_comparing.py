"""What differs is said place by place and word by word; what people pay is said apart."""

import pytest

from catalogue import comparing
from catalogue.comparing import Difference, Piece

FEE = {"code": "fee", "amount_minor": 500, "currency": "RWF", "beneficiary": "district"}
LAW = {"legal_source": "Order 1", "legal_from": "2026-01-01", "revenue_code": "14"}


@pytest.mark.parametrize(
    ("before", "after", "path", "values"),
    [
        ({"names": {"en": "A"}}, {"names": {"en": "B"}}, ("names", "en"), ("A", "B")),
        ({}, {"load": 2}, ("load",), (None, 2)),
        ({"load": 2}, {}, ("load",), (2, None)),
        ({"fees": [FEE]}, {"fees": [FEE | {"amount_minor": 600}]},
         ("fees", "fee", "amount_minor"), (500, 600)),
        ({"form": [{"code": "a"}, {"code": "b"}]}, {"form": [{"code": "b"}, {"code": "a"}]},
         ("form",), ("a, b", "b, a")),
    ],
)  # fmt: skip
def test_one_difference_is_found_where_it_is(before, after, path, values):
    assert comparing.compare(before, after) == [Difference(path, *values)]


def test_nothing_differs_from_itself_nor_from_what_only_says_that_it_is_empty():
    service = {"names": {"en": "A"}, "fees": [FEE], "notes": []}
    assert comparing.compare(service, service) == []
    assert comparing.compare(service, {**service, "summary": {}, "appeal": None}) == []


def test_words_are_marked_one_by_one():
    assert comparing.words("Pay 500 at the bank", "Pay 600 at the bank") == [
        Piece("same", "Pay "),
        Piece("gone", "500"),
        Piece("new", "600"),
        Piece("same", " at the bank"),
    ]


@pytest.mark.parametrize(
    ("changed", "is_price"),
    [
        ({"amount_minor": 600}, True),
        ({"amount_minor": 0}, True),
        ({"beneficiary": "rra"}, True),
        ({"revenue_code": "99"}, True),
        ({"variant": True}, True),
        ({"when": {"field": "a", "is": "b"}}, True),
        ({"names": {"en": "Charge"}}, False),
        ({"legal_source": "Order 2"}, False),
        ({"variant": False, "revenue_code": None}, False),
    ],
)
def test_a_fee_changes_where_somebody_would_pay_something_else(changed, is_price):
    found = comparing.fee_changes({"fees": [FEE]}, {"fees": [FEE | changed]})
    assert bool(found) is is_price


@pytest.mark.parametrize(
    ("before", "after", "lacks"),
    [
        ([FEE], [FEE | LAW | {"amount_minor": 600}], ()),
        ([FEE], [FEE | {"amount_minor": 600}], ("legal_source", "legal_from", "revenue_code")),
        ([], [FEE | LAW], ()),
        ([], [FEE | LAW | {"legal_from": ""}], ("legal_from",)),
        ([FEE], [], ()),
    ],
)
def test_a_changed_fee_names_its_law(before, after, lacks):
    (change,) = comparing.fee_changes({"fees": before}, {"fees": after})
    assert change.lacks == lacks


def test_a_new_line_that_costs_nothing_is_no_change_of_fees():
    assert comparing.fee_changes({}, {"fees": [FEE | {"amount_minor": 0}]}) == []


def test_a_rule_that_waives_a_fee_is_money_too():
    assert comparing.changes_money({}, {"waivers": [{"code": "poor"}]})
    assert not comparing.changes_money({"fees": [FEE]}, {"fees": [FEE], "waivers": []})
