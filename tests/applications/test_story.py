"""The story and the comparison: pure, by tables."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import yaml
from django.utils.translation import override

from applications import comparing, story
from applications.comparing import Holder, Part, Place
from applications.states import LIFECYCLE, Status
from catalogue.definition import Definition
from registers.entries import ActEntry, PersonEntry
from tests.applications.packing import FAR, HOME, RW
from tests.world import NOON

S = Status


@dataclass(frozen=True)
class Move:
    source: str
    target: str
    changed_at: datetime = NOON
    note_code: str = ""
    office: None = None


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("staff", [True, False])
def test_every_state_has_a_story_and_a_turn(status, staff):
    with override("en"):
        items = story.tell(
            [Move("", "DRAFT")], status=status, office="Here", promised_at=NOON, staff=staff
        )
        assert story.turn_text(status, staff=staff)
    waiting = [item for item in items if item["state"] == "next"]
    closed = story.turn(status) is story.Turn.NOBODY
    assert len(waiting) == (0 if closed else 1)


@pytest.mark.parametrize(("source", "target"), sorted(LIFECYCLE.edges()))
def test_every_move_is_told(source, target):
    with override("en"):
        told = story.tell([Move(source, target)], status=target, office="Here", promised_at=None)
    assert told[0]["state"] == "done"
    assert told[0]["text"]


def test_the_promise_is_told_while_the_office_works_and_stands_still_while_she_mends():
    with override("en"):
        office = story.tell([], status=S.UNDER_REVIEW, office="", promised_at=NOON)
        hers = story.tell([], status=S.AWAITING_COMPLETION, office="", promised_at=NOON)
    assert "promised by Monday 23 November, 12:00" in office[0]["note"]
    assert "stands still" in hers[0]["note"]


# --- comparing


PLACES = {
    HOME: Place("Kimironko, Gasabo", "1/12/1209"),
    "12": Place("Gasabo", "1/12"),
    FAR: Place("Gitega, Nyarugenge", "1/11/1101"),
}
HOLDER = Holder("1", {"family_name": "Uwase", "given_names": "Aline", "born_on": "1994-03-14"})


@pytest.fixture(scope="module")
def definition() -> Definition:
    return Definition.from_dict(
        yaml.safe_load((RW / "services" / "birth-certificate.yaml").read_text())
    )


def birth(**changed: str) -> ActEntry:
    facts = {
        "family_name": "Uwase",
        "given_names": "Aline",
        "born_on": "1994-03-14",
        "birth_place_code": HOME,
        "birth_place": "Kimironko",
        "father_name": "Uwase Jean-Bosco",
    }
    return ActEntry(
        kind="birth",
        office_code=HOME,
        year=1994,
        volume="1",
        act_number="1",
        registered_on=(NOON - timedelta(days=1)).date(),
        facts=facts | changed,
        national_ids=("1",),
    )


def rows(definition, given, entry, holder=HOLDER):
    with override("en"):
        found = comparing.compare(definition, given, entry, holder, language="en", place=PLACES.get)
    return {row.code: row for row in found}


@pytest.mark.parametrize(
    ("code", "given", "fact", "differs"),
    [
        ("father_name", "Uwase Jean-Bosco", "Uwase Jean-Bosco", False),
        ("father_name", "UWASE jean bosco", "Uwase Jean-Bosco", False),
        ("father_name", "Uwase Jean", "Uwase Jean-Bosco", True),
        ("father_name", "", "Uwase Jean-Bosco", False),
        ("father_name", None, "Uwase Jean-Bosco", False),
        ("father_name", "Uwase Jean", "", True),
        ("birth_place_code", HOME, HOME, False),
        ("birth_place_code", HOME, "12", False),
        ("birth_place_code", "12", HOME, False),
        ("birth_place_code", FAR, HOME, True),
        ("birth_place_code", "9999", HOME, True),
        ("birth_place_code", "9999", "9999", False),
    ],
)
def test_what_differs(definition, code, given, fact, differs):
    row = rows(definition, {code: given}, birth(**{code: fact}))[code]
    assert row.differs is differs


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({}, False),
        ({"family_name": "UWASE"}, False),
        ({"family_name": "Uwera"}, True),
        ({"born_on": "1994-03-15"}, True),
    ],
)
def test_who_the_holder_proved_to_be_is_compared_too(definition, changed, differs):
    found = rows(definition, {}, birth(**changed))
    assert any(row.differs for row in found.values()) is differs


def test_only_the_words_that_differ_are_marked(definition):
    row = rows(definition, {"father_name": "Uwase Jean"}, birth())["father_name"]
    assert row.register == (Part("Uwase", False), Part("Jean-Bosco", True))


def test_a_place_is_told_once_and_in_words(definition):
    found = rows(definition, {"birth_place_code": HOME}, birth())
    assert "birth_place" not in found
    assert found["birth_place_code"].given == "Kimironko, Gasabo"


def test_the_second_spouse_is_compared_with_the_second_spouse(definition):
    act = ActEntry(
        kind="marriage",
        office_code=HOME,
        year=2015,
        volume="1",
        act_number="1",
        registered_on=NOON.date(),
        facts={"spouse_1_family_name": "Habimana", "spouse_2_family_name": "Uwera"},
        national_ids=("9", "1"),
    )
    found = rows(definition, {}, act)
    assert not found["spouse_1_family_name"].differs
    assert found["spouse_2_family_name"].differs


def test_an_entry_is_about_whoever_it_names():
    entry = PersonEntry(
        national_id="1",
        family_name="",
        given_names="",
        sex="F",
        born_on=NOON.date(),
        birth_place_code="",
        residence_code="",
        father_name="",
        mother_name="",
        marital_status="single",
        nationality="",
    )
    assert comparing.is_about(entry, HOLDER)
    assert not comparing.is_about(entry, Holder("2", {}))
    assert not comparing.is_about(entry, Holder("", {}))
