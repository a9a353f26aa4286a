"""What the ledger can hold of what a provider tells: by tables, at the edge of each limit."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from payments.gateways.base import Collection, Debit, Unreadable
from payments.posting.soundness import is_id, sound, storable
from payments.states import Leg
from tests.world import NOON


def money(**other):
    usual = {"external_id": "T1", "reference": "R", "amount_minor": 500, "currency": "RWF"}
    return Collection(**{**usual, "occurred_at": NOON, **other})


def debit(**other):
    usual = {"leg": Leg.REVERSAL, "external_id": "D1", "amount_minor": 500, "currency": "RWF"}
    return Debit(**{**usual, "occurred_at": NOON, **other})


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("T", True),
        ("x" * 200, True),
        ("\u20ac\U0001f600", True),
        ("", False),
        ("x" * 201, False),
        ("T\x001", False),
        # Two ids that look the same must not be two payments.
        ("T\u200b1", False),
        ("T\u202e1", False),
        ("T\n1", False),
        ("T\ud800", False),
    ],
)
def test_an_id_is_what_postgresql_can_hold_whole(text, holds):
    assert is_id(text) is holds


@pytest.mark.parametrize(
    ("text", "kept"),
    [("T1", "T1"), ("a\x00b\x00", "ab"), ("half \ud800 sign", "half ? sign"), ("\u00e9", "\u00e9")],
)
def test_what_cannot_be_stored_is_left_out_of_a_text(text, kept):
    assert storable(text) == kept


@pytest.mark.parametrize("told", [money, debit])
@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"external_id": ""}, "bad_id"),
        ({"external_id": "x" * 201}, "bad_id"),
        ({"amount_minor": 0}, "bad_amount"),
        ({"amount_minor": -1}, "bad_amount"),
        ({"amount_minor": 10**15 + 1}, "bad_amount"),
        ({"currency": "rwf"}, "bad_currency"),
        ({"currency": "RWFX"}, "bad_currency"),
        ({"currency": "RW"}, "bad_currency"),
        ({"currency": "RWF\n"}, "bad_currency"),
        ({"occurred_at": datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)}, "bad_time"),
        ({"occurred_at": datetime(2101, 1, 1, tzinfo=UTC)}, "bad_time"),
        ({"occurred_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))}, "bad_time"),
    ],
)
def test_what_the_ledger_cannot_hold_is_parked_in_one_word(told, other, reason):
    with pytest.raises(Unreadable) as refused:
        sound(told(**other))

    assert refused.value.reason == reason


@pytest.mark.parametrize("told", [money, debit])
@pytest.mark.parametrize(
    "other",
    [
        {"amount_minor": 1},
        {"amount_minor": 10**15},
        {"external_id": "x" * 200},
        {"occurred_at": datetime(2000, 1, 1, tzinfo=UTC)},
        {"occurred_at": datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC)},
    ],
)
def test_the_edge_of_a_limit_is_within_it(told, other):
    assert sound(told(**other)) == told(**other)


@pytest.mark.parametrize("told", [money, debit])
def test_the_time_is_kept_in_utc(told):
    held = sound(told())

    assert held.occurred_at.tzinfo is UTC
    assert held == told()


def test_a_reference_is_kept_as_far_as_it_fits():
    assert sound(money(reference="a\x00b")).reference == "ab"
    assert sound(money(reference="x" * 199 + "yz")).reference == "x" * 199 + "y"


def test_other_ids_that_can_be_held_are_kept_and_no_more_than_ten():
    held = sound(money(other_ids=("", "A\x00", *map(str, range(12)))))

    assert held.other_ids == tuple(map(str, range(10)))


def test_the_original_of_a_debit_may_be_missing_but_not_senseless():
    assert sound(debit(original_id="")).original_id == ""
    assert sound(debit(original_id="T1")).original_id == "T1"
    for senseless in ("x" * 201, "T\x00"):
        with pytest.raises(Unreadable) as refused:
            sound(debit(original_id=senseless))
        assert refused.value.reason == "bad_original"
