"""Which line is which movement, and by which id it is told: rules without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from payments.operations.importing import matching, pairing
from payments.operations.importing.lines import Line
from payments.operations.importing.pairing import Seen, Sighted
from payments.states import Leg

DAY = date(2026, 11, 20)


def line(amount=500, *ids, leg=Leg.CREDIT, day=0, number=1):
    booked_day = DAY + timedelta(days=day)
    return Line(
        line_no=number,
        fingerprint=bytes([number]) * 32,
        occurrence=1,
        booked_day=booked_day,
        value_day=None,
        amount_minor=amount,
        currency="RWF",
        is_reversal=False,
        kind="money",
        ids=ids,
        told_original="",
        texts=(),
        occurred_at=datetime.combine(booked_day, datetime.min.time(), UTC),
        leg=leg,
        reference="",
    )


def seen(movement_id, amount=500, *, leg=Leg.CREDIT, has_line=False, currency="RWF"):
    return Seen(movement_id, leg, f"M{movement_id}", amount, currency, has_line)


@pytest.mark.parametrize(
    ("lines", "known", "found"),
    [
        ([line(500, "A")], {"A": [seen(1)]}, ["M1"]),
        ([line(500, "X", "A")], {"A": [seen(1)]}, ["M1"]),
        ([line(500, "X")], {"A": [seen(1)]}, [""]),
        ([line(500, "A")], {"A": [seen(1, has_line=True)]}, [""]),
        ([line(500, "A")], {"A": [seen(1, currency="KES")]}, [""]),
        ([line(500, "A")], {"A": [seen(1, leg=Leg.CHARGE)]}, [""]),
        # Another amount: the best id is proof, a payer's own words are not.
        ([line(450, "A")], {"A": [seen(1)]}, ["M1"]),
        ([line(450, "X", "A")], {"A": [seen(1)]}, [""]),
        ([line(450, "A"), line(500, "A")], {"A": [seen(1)]}, ["", "M1"]),
        # One movement, one line.
        ([line(500, "A"), line(500, "A")], {"A": [seen(1)]}, ["M1", ""]),
        ([line(500, "A"), line(500, "A")], {"A": [seen(1), seen(2)]}, ["M1", "M2"]),
        ([line(-500, "A", leg=Leg.REVERSAL)], {"A": [seen(1, leg=Leg.PAYOUT)]}, ["M1"]),
        ([line(-500, "A", leg=Leg.WITHDRAWAL)], {"A": [seen(1, leg=Leg.REVERSAL)]}, ["M1"]),
    ],
)
def test_lines_that_share_an_id_with_a_movement(lines, known, found):
    taken = pairing.by_ids(lines, known, matching.LEGS)

    assert [one.external_id for one in lines] == found
    assert taken == {int(each[1:]) for each in found if each}


def sighted(position, movement_id, day=0):
    return Sighted(position, movement_id, f"M{movement_id}", DAY + timedelta(days=day))


@pytest.mark.parametrize(
    ("lines", "movements", "found"),
    [
        ([line()], [sighted(0, 1)], ["M1"]),
        ([line()], [sighted(0, 1, day=3)], ["M1"]),
        ([line()], [sighted(0, 1, day=4)], [""]),
        ([line()], [sighted(0, 1, day=-4)], [""]),
        # The n-th line for the n-th movement; what is left is new.
        (
            [line(), line()],
            [sighted(at, movement_id) for at in (0, 1) for movement_id in (1, 2)],
            ["M1", "M2"],
        ),
        ([line(), line()], [sighted(0, 1), sighted(1, 1)], ["M1", ""]),
        # A line that is too early takes nothing from the one that fits.
        ([line(day=-9), line()], [sighted(0, 1), sighted(1, 1)], ["", "M1"]),
        # The earlier day goes first, wherever it stands in the file.
        ([line(day=1), line()], [sighted(0, 1), sighted(1, 1)], ["", "M1"]),
    ],
)
def test_lines_that_look_like_a_movement(lines, movements, found):
    pairing.by_sight(lines, movements, set())

    assert [one.external_id for one in lines] == found


def test_a_movement_that_is_taken_by_its_id_is_not_taken_again_by_sight():
    lines = [line(), line()]

    pairing.by_sight(lines, [sighted(0, 1), sighted(0, 2)], {1})

    assert [one.external_id for one in lines] == ["M2", ""]


def test_every_new_line_gets_an_id_of_its_own():
    lines = [
        line(500, "A", "P", number=1),
        line(500, "A", "P", number=2),
        line(500, "K", number=3),
        line(500, number=4),
        line(-5, "A", leg=Leg.CHARGE, number=5),
        line(-9, "W", leg=Leg.WITHDRAWAL, number=6),
        line(-9, "W", leg=Leg.REVERSAL, number=7),
    ]

    pairing.name(lines, {"K": [seen(1)]}, matching.LEGS)

    heads = [one.external_id.partition(":")[0] for one in lines]
    assert heads == ["A", "stmt", "stmt", "stmt", "A", "W", "stmt"]
    assert [one.other_ids for one in lines[:2]] == [("P",), ()]
