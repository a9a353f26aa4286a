"""Whose family an officer is: asked once a day of the register, kept as fingerprints."""

from datetime import timedelta

import pytest

from accounts import queries as accounts
from kernel.models import EventRow
from registers import gateways, operations, queries
from registers.indexes import person_indexes
from registers.models import Family, Relative
from sandbox.population import World
from tests.accounts.people import person, staff
from tests.registers.conftest import point_to
from tests.registers.test_gateways import http, register_that_says
from tests.sandbox_process import SandboxProcess
from tests.world import NOON
from workers import errands

HUSBAND, WIFE, DAUGHTER, SON = (
    "1197480000001011",
    "1197670000002050",
    "1200970000003020",
    "1201280000004060",
)
SINGLE = "1198470000037053"
DAY = timedelta(days=1)


def test_the_population_register_names_parents_children_and_spouses(
    world: SandboxProcess,
) -> None:
    told = gateways.population().person(national_id=HUSBAND)
    assert set(told.relatives) == {WIFE, DAUGHTER, SON}
    assert set(gateways.population().person(national_id=DAUGHTER).relatives) == {HUSBAND, WIFE}
    assert gateways.population().person(national_id=SINGLE).relatives == ()
    # Nothing of them is printed, or cited with an entry.
    assert not any(WIFE in value for value in told.facts().values())
    assert "relatives" not in told.facts()


def test_a_marriage_of_today_makes_family(world: SandboxProcess) -> None:
    # Children whom no other test asks about: the sandbox forgets nothing.
    one, other = [child["national_id"] for child in World.read("rw").people if child["father"]][
        -3::2
    ]
    happened = {"kind": "marriage", "national_ids": [one, other]}
    world.post("/happenings.json", happened).raise_for_status()
    assert other in gateways.population().person(national_id=one).relatives


@pytest.mark.parametrize(
    ("said", "relatives"),
    [("", None), (', "relatives": {}', ()), (', "relatives": {"children": ["7"]}', ("7",))],
)
def test_a_register_that_says_nothing_of_families_is_believed(said, relatives, settings) -> None:
    body = f"""{{"national_id": "1", "family_name": "A", "given_names": "B", "sex": "F",
        "born_on": "1990-01-01", "birth_place_code": "1", "residence_code": "1",
        "marital_status": "single", "nationality": "RW"{said}}}"""
    with register_that_says(http(body.encode())) as url:
        point_to(settings, url)
        assert gateways.population().person(national_id="1").relatives == relatives


@pytest.mark.parametrize("said", ['"x"', '{"children": "7"}', '{"children": [7]}', "[]"])
def test_a_family_that_cannot_be_read_is_no_answer(said, settings) -> None:
    body = f"""{{"national_id": "1", "family_name": "A", "given_names": "B", "sex": "F",
        "born_on": "1990-01-01", "birth_place_code": "1", "residence_code": "1",
        "marital_status": "single", "nationality": "RW", "relatives": {said}}}"""
    with register_that_says(http(body.encode())) as url:
        point_to(settings, url)
        with pytest.raises(gateways.RegisterUnavailable):
            gateways.population().person(national_id="1")


def looked_after(at=NOON) -> None:
    operations.look_after(person_ids=accounts.people_of_staff(), at=at)


def family_of(national_id: str) -> set[int]:
    (index,) = person_indexes([national_id])
    return queries.family_of([index]).get(index, set())


@pytest.mark.django_db
def test_each_officers_family_is_asked_once_a_day_and_kept_as_fingerprints(
    world: SandboxProcess,
) -> None:
    aline = staff(person=person(national_id=HUSBAND))
    looked_after()
    assert errands.ERRANDS["ask_families"][1](lambda: NOON) == 1
    assert family_of(WIFE) == family_of(SON) == {aline.person_id}
    assert family_of(SINGLE) == family_of(HUSBAND) == set()
    assert WIFE.encode() not in b"".join(
        bytes(one) for one in Relative.objects.values_list("person_index", flat=True)
    )
    assert errands.ERRANDS["ask_families"][1](lambda: NOON + DAY / 2) == 0
    assert errands.ERRANDS["ask_families"][1](lambda: NOON + DAY) == 1
    assert Relative.objects.count() == 3


@pytest.mark.django_db
def test_who_leaves_takes_her_family_with_her(world: SandboxProcess) -> None:
    aline = staff(person=person(national_id=HUSBAND))
    looked_after()
    errands.ERRANDS["ask_families"][1](lambda: NOON)
    type(aline).objects.filter(pk=aline.pk).update(is_active=False)
    looked_after(NOON + DAY)
    assert not Family.objects.exists()
    assert not Relative.objects.exists()


def unknown() -> list[int]:
    """The persons of staff of whom it was said aloud that nobody knows their family."""
    return list(Family.objects.filter(warned_at__isnull=False).values_list("person", flat=True))


@pytest.mark.django_db
def test_a_silent_register_is_told_of_once_and_what_it_said_yesterday_stands(
    world: SandboxProcess,
) -> None:
    aline = staff(person=person(national_id=HUSBAND))
    looked_after()
    ask = errands.ERRANDS["ask_families"][1]
    world.faults(population="down")
    ask(lambda: NOON)
    ask(lambda: NOON + timedelta(hours=1))
    told = EventRow.objects.get(name="registers.family.unknown")
    assert told.payload["subject_id"] == aline.person_id
    assert unknown() == [aline.person_id]
    world.faults()
    ask(lambda: NOON + timedelta(hours=2))
    assert unknown() == []
    assert family_of(WIFE) == {aline.person_id}
    world.faults(population="down")
    ask(lambda: NOON + timedelta(hours=26))
    assert unknown() == []  # Of yesterday.
    assert family_of(WIFE) == {aline.person_id}
    ask(lambda: NOON + timedelta(hours=60))
    assert unknown() == [aline.person_id]
    assert family_of(WIFE) == {aline.person_id}
    assert EventRow.objects.filter(name="registers.family.unknown").count() == 2


@pytest.mark.django_db
def test_an_officer_whom_the_register_does_not_know_has_no_known_family(
    world: SandboxProcess,
) -> None:
    stranger = staff(person=person(national_id="1199080009999900"))
    looked_after()
    errands.ERRANDS["ask_families"][1](lambda: NOON)
    assert unknown() == [stranger.person_id]
