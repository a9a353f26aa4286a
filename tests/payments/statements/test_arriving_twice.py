"""A sweep that arrives is told by several roads, as payments are: it comes in once."""

import pytest

from payments.models import Movement, MovementAlias, StatementLine
from payments.states import Leg
from tests.payments.books import balance, check_all
from tests.payments.refusing import refused
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.world import debit, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

SWEEP = "CAMT/ACCB/SWEP"


def swept(world, *external_ids: str, amount: int = 250) -> None:
    post(*(debit(world.mtn, Leg.SWEEP, amount, external_id=each) for each in external_ids))


def advised(*bookings: Booking, number: int = 1) -> None:
    bring(written(*bookings, opening=None, closing=None, form="4", number=number))


def stated(*bookings: Booking) -> None:
    bring(Account().statement(*bookings))


def came(world) -> list[tuple[str, str]]:
    moved = Movement.objects.filter(rail=world.bank).order_by("pk")
    return list(moved.values_list("leg", "external_id"))


ADVISED = Booking(amount=250, id="FT1", text="Settlement SW-1")


@pytest.mark.parametrize(
    "again",
    [
        ADVISED,
        Booking(amount=250, id="FT1"),
        Booking(amount=250, id="777", text="SW-1"),
        Booking(amount=250, id="777", code=SWEEP),
        Booking(amount=250, id="777", text="SW-1", day=3),
    ],
    ids=["the same", "by its id alone", "by the sweep's", "by its mark", "three days later"],
)
@pytest.mark.parametrize("roads", [(advised, stated), (stated, advised)])
def test_an_arrival_that_is_advised_and_stated_comes_in_once(world, roads, again) -> None:
    swept(world, "SW-1")
    for road, told in zip(roads, (ADVISED, again), strict=True):
        road(told)

    assert came(world) == [("transfer", "SW-1")]
    assert sorted(StatementLine.objects.values_list("fate", flat=True)) == ["MATCHED", "POSTED"]
    assert (balance("clearing", "bank-rw"), balance("suspense", "bank-rw")) == (250, 0)
    assert balance("sweeps_in_transit") == 0
    check_all()


@pytest.mark.parametrize(
    "other",
    [
        Booking(amount=250, id="777", text="from a friend"),
        Booking(amount=251, id="FT1"),
        Booking(amount=250, id="777", text="SW-1", day=4),
    ],
    ids=["of its amount alone", "of another amount", "days later"],
)
def test_what_does_not_say_that_it_is_the_arrival_is_somebody_elses(world, other) -> None:
    swept(world, "SW-1")
    advised(ADVISED)
    stated(other)

    assert [leg for leg, _ in came(world)] == ["transfer", "credit"]
    assert balance("suspense", "bank-rw") == -other.amount
    check_all()


def test_two_lines_of_a_statement_are_not_one_arrival(world) -> None:
    swept(world, "SW-1")
    advised(ADVISED)
    stated(ADVISED, ADVISED)

    assert [leg for leg, _ in came(world)] == ["transfer", "credit"]
    assert not MovementAlias.objects.filter(leg=Leg.CREDIT).exists()
    check_all()


@pytest.mark.parametrize("both_advised", [True, False])
def test_each_of_two_arrivals_is_its_own_whatever_ids_the_bank_repeats(world, both_advised) -> None:
    swept(world, "SW-1", "SW-2")
    first = Booking(amount=250, id="SETTL", text="SW-1")
    second = Booking(amount=250, id="SETTL", text="SW-2")
    advised(first)
    if both_advised:
        advised(second, number=2)
    stated(second, first)

    assert came(world) == [("transfer", "SW-1"), ("transfer", "SW-2")]
    check_all()


def test_marked_lines_are_the_arrivals_that_were_advised_before_those_that_are_new(world) -> None:
    swept(world, "SW-1", "SW-2")
    advised(ADVISED)
    stated(Booking(amount=250, id="777", code=SWEEP), Booking(amount=250, id="778", code=SWEEP))

    assert came(world) == [("transfer", "SW-1"), ("transfer", "SW-2")]
    check_all()


def test_a_late_notification_of_an_arrival_is_no_payment(world) -> None:
    swept(world, "SW-1")
    stated(ADVISED)
    for names in (("FT1",), ("SW-1",), ("777", "FT1")):
        post(telling(world.bank, "", 250, external_id=names[0], other_ids=names[1:]))

    assert came(world) == [("transfer", "SW-1")]
    assert Movement.objects.get(leg=Leg.TRANSFER).evidence.count() == 4
    assert balance("suspense", "bank-rw") == 0
    check_all()


def test_a_notification_of_another_amount_or_rail_is_a_payment(world) -> None:
    swept(world, "SW-1")
    stated(ADVISED)
    post(telling(world.bank, "", 251, external_id="FT1"))
    post(telling(world.bank, "", 250, external_id="FT9"))
    post(telling(world.mtn, "", 250, external_id="FT1"))

    assert Movement.objects.filter(leg=Leg.CREDIT).count() == 3
    check_all()


@pytest.mark.parametrize("name", ["FT1", "SW-1"])
def test_postgresql_takes_no_payment_by_the_name_of_an_arrival(world, name) -> None:
    swept(world, "SW-1")
    stated(ADVISED)
    with refused("arrival_told_once"):
        Movement.objects.create(
            rail=world.bank,
            external_id=name,
            leg=Leg.CREDIT,
            currency="RWF",
            amount_minor=250,
            occurred_at=NOON,
            first_heard_at=NOON,
        )


def test_postgresql_takes_no_arrival_by_the_name_of_a_payment(world) -> None:
    swept(world, "SW-1", "SW-2")
    post(telling(world.bank, "", 250, external_id="SW-1"))
    with refused("arrival_told_once"):
        post(debit(world.bank, Leg.TRANSFER, 250, external_id="SW-1"))
    post(debit(world.bank, Leg.TRANSFER, 250, external_id="SW-2"))
    with refused("arrival_told_once"):
        MovementAlias.objects.create(
            rail=world.bank,
            external_id="SW-1",
            leg=Leg.TRANSFER,
            movement=Movement.objects.get(leg=Leg.TRANSFER),
        )
    check_all()


def test_a_notification_before_the_arrival_is_named_leaves_it_to_two_people(world) -> None:
    swept(world, "SW-1")
    post(telling(world.bank, "", 250, external_id="SW-1"))
    for road in (advised, stated):
        road(Booking(amount=250, id="SW-1", text="SW-1"))

    assert came(world) == [("credit", "SW-1")]
    check_all()


@pytest.mark.parametrize(
    "lines",
    [
        (Booking(amount=250, id="SW-1", text="a friend"), Booking(amount=250, id="7", text="SW-1")),
        (Booking(amount=250, id="7", text="SW-1"), Booking(amount=250, id="SW-1", text="a friend")),
        (Booking(amount=250, id="FT1", text="a friend"), ADVISED),
        (ADVISED, Booking(amount=250, id="FT1", text="a friend")),
    ],
    ids=["its id, then its name", "its name, then its id", "the same id", "the same id, later"],
)
def test_a_line_that_has_the_id_of_another_lines_arrival_stops_no_statement(world, lines) -> None:
    swept(world, "SW-1")
    stated(*lines)

    assert sorted(leg for leg, _ in came(world)) == ["credit", "transfer"]
    assert (balance("clearing", "bank-rw"), balance("sweeps_in_transit")) == (500, 0)
    check_all()
