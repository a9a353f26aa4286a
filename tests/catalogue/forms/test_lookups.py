"""What a register is asked about answers, and how it is compared with what was typed."""

import re
from datetime import date
from typing import Any

import pytest

from catalogue import judging, lookups, schema
from catalogue.definition import BadDefinition, Definition
from registers.entries import ActEntry, PersonEntry
from tests.catalogue.forms.world import TODAY, full

NUMBER = "1199070000001042"
WITNESS = {"code": "witness", "type": "person", "labels": {"en": "Number of the witness"}}
NAME = {"code": "witness_name", "type": "text", "labels": {"en": "Family name"}}
BORN = {"code": "witness_born", "type": "number", "labels": {"en": "Year"}, "required": False}
DAY = {"code": "witness_day", "type": "date", "labels": {"en": "Day"}, "required": False}
ACT = {"code": "act", "type": "record", "labels": {"en": "Act"}, "required": False}


def of(*fields: dict[str, Any], **more: Any) -> Definition:
    group = {"code": "g", "titles": {"en": "G"}, "fields": list(fields), **more}
    return full(form=[group], fees=[], waivers=[], attachments=[])


def witnessed(**lookup: str) -> Definition:
    return of({**WITNESS, "lookup": lookup}, NAME, BORN, DAY, ACT)


def entry(**changed: Any) -> PersonEntry:
    told: dict[str, Any] = {
        "national_id": NUMBER, "family_name": "Umutesi", "given_names": "Jean-Bosco", "sex": "M",
        "born_on": date(1990, 4, 12), "birth_place_code": "1209", "residence_code": "1209",
        "father_name": "", "mother_name": "", "marital_status": "single", "nationality": "RW",
    }  # fmt: skip
    return PersonEntry(**(told | changed))


def act(**changed: Any) -> ActEntry:
    told: dict[str, Any] = {
        "kind": "birth", "office_code": "1209", "year": 2019, "volume": "3", "act_number": "142",
        "registered_on": date(2019, 5, 2), "facts": {}, "national_ids": (NUMBER,),
    }  # fmt: skip
    return ActEntry(**(told | changed))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (({**NAME, "lookup": {"name": "witness"}},), ".lookup: only for a field of type person"),
        (({**WITNESS, "lookup": {}},), ".lookup: name or born; what does she know"),
        (({**WITNESS, "lookup": {"name": "nobody"}},), '.lookup.name: no text field "nobody"'),
        (
            ({**WITNESS, "lookup": {"born": "witness_name"}}, NAME),
            '.lookup.born: no date or number field "witness_name"',
        ),
        (
            ({**WITNESS, "lookup": {"name": "witness_name", "register": "birth"}}, NAME),
            ".lookup.register: only for a record",
        ),
        (({**ACT, "lookup": {}},), '.lookup.register: unknown ""'),
        (({**ACT, "lookup": {"register": "population"}},), '.lookup.register: unknown "popul'),
        (
            ({**ACT, "lookup": {"register": "birth", "person": "witness_name"}}, NAME),
            '.lookup.person: no person field "witness_name"',
        ),
        (({**ACT, "lookup": {"register": "birth", "born": "act"}},), ".lookup.born: only for a"),
    ],
)
def test_a_wrong_lookup_is_refused_by_its_key(fields, said) -> None:
    with pytest.raises(BadDefinition) as error:
        of(*fields)
    assert str(error.value).startswith(f"form[0].fields[0]{said}")


def test_nobody_is_looked_up_in_rows_nor_many_at_once() -> None:
    looked = {**ACT, "lookup": {"register": "birth"}}
    with pytest.raises(BadDefinition, match=r"lookup: not in rows"):
        of({**looked, "required": True}, repeat={"most": 2})
    with pytest.raises(BadDefinition, match="more than 3 lookups"):
        of(*({**looked, "code": f"act{i}"} for i in range(4)))
    assert len(of(*({**looked, "code": f"act{i}"} for i in range(3))).lookups) == 3


def test_the_schema_names_what_is_asked_about_together() -> None:
    made = schema.of_version(witnessed(name="witness_name"), number=1, language="en", today=TODAY)
    assert made["properties"]["witness"]["x-lookup"] == {"name": "witness_name"}


@pytest.mark.parametrize(
    ("answers", "asks"),
    [
        ({"witness": NUMBER, "witness_name": "Umutesi"}, True),
        ({"witness": NUMBER, "witness_born": 1990}, True),
        ({"witness": NUMBER}, False),
        ({"witness_name": "Umutesi"}, False),
    ],
)
def test_a_number_alone_is_never_asked_about(answers, asks) -> None:
    found = list(lookups.questions(witnessed(name="witness_name", born="witness_born"), answers))
    assert bool(found) is asks


@pytest.mark.parametrize(
    ("typed", "agrees"),
    [
        ({"witness_name": "UMUTESI"}, True),
        ({"witness_name": "Umutesi Jean Bosco"}, True),
        ({"witness_name": "jean-bosco umutesi"}, True),
        ({"witness_name": "Jean-Bosco"}, False),
        ({"witness_name": "Umutes"}, False),
        ({"witness_name": "Umutesi", "witness_born": 1990}, True),
        ({"witness_name": "Umutesi", "witness_born": 1991}, False),
        ({"witness_name": "Mukamana", "witness_born": 1990}, False),
    ],
)
def test_all_that_was_typed_of_a_person_must_be_hers(typed, agrees) -> None:
    definition = witnessed(name="witness_name", born="witness_born")
    (question,) = lookups.questions(definition, {"witness": NUMBER, **typed})
    assert lookups.is_person(question, entry()) is agrees
    assert not lookups.is_person(question, None)


@pytest.mark.parametrize(("day", "agrees"), [("1990-04-12", True), ("1990-04-13", False)])
def test_a_day_of_birth_is_compared_whole(day, agrees) -> None:
    (question,) = lookups.questions(
        witnessed(born="witness_day"), {"witness": NUMBER, "witness_day": day}
    )
    assert lookups.is_person(question, entry()) is agrees


@pytest.mark.parametrize(
    ("typed", "agrees"),
    [("2019/3/142", True), ("2019/03/00142", True), ("2019/3/143", False), ("2018/3/142", False)],
)
def test_a_record_is_one_of_the_acts_of_its_person(typed, agrees) -> None:
    definition = of({**ACT, "lookup": {"register": "birth"}})
    (question,) = lookups.questions(definition, {"act": typed})
    assert (question.register, question.national_id) == ("birth", "")
    assert lookups.is_record(question, [act(act_number="7"), act()]) is agrees
    assert not lookups.is_record(question, [])


def test_the_number_of_a_paper_is_written_as_it_stands_on_it() -> None:
    definition = of({**ACT, "lookup": {"register": "papers"}})
    good, act_number = "BC-1209-2026-000123-K", "2019/3/142"
    for answers, taken in (({"act": good}, True), ({"act": act_number}, False)):
        found = judging.mistakes(definition, answers, "en", today=TODAY)
        assert (found == []) is taken
    made = schema.of_version(definition, number=1, language="en", today=TODAY)
    (_empty, typed) = made["properties"]["act"]["anyOf"]
    pattern = typed["allOf"][0]["pattern"]
    assert re.search(pattern, good)
    assert not re.search(pattern, act_number)
    (question,) = lookups.questions(definition, {"act": good})
    assert question.register == "papers"


def test_a_name_is_repeated_by_its_first_letters_only() -> None:
    assert lookups.masked("Umutesi Jean") == "U****** J***"
    assert lookups.masked("") == ""
