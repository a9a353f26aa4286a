"""The schema, the page and the API refuse the same answers."""

from datetime import date
from functools import lru_cache
from typing import Any

import pytest
from django.core.exceptions import ValidationError as DjangoError
from django.core.validators import validate_email
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from catalogue import judging, queries, schema
from catalogue.questions import Phone
from tests.catalogue.forms.world import CLUB, PERSON, SAILOR, TODAY, full

pytestmark = pytest.mark.django_db


def _first(_validator: Any, bound: str, value: Any, _schema: Any) -> Any:
    if isinstance(value, str) and value < bound:
        yield ValidationError(f"before {bound}")


def _last(_validator: Any, bound: str, value: Any, _schema: Any) -> Any:
    if isinstance(value, str) and value > bound:
        yield ValidationError(f"after {bound}")


def _order(_validator: Any, codes: list[str], answers: Any, _schema: Any) -> Any:
    earlier, later = (answers.get(code) for code in codes)
    if earlier and later and str(earlier) > str(later):
        yield ValidationError(f"{codes[1]} is before {codes[0]}")


FORMATS = FormatChecker(formats=["date"])


@FORMATS.checks("email", raises=DjangoError)
def _email(text: object) -> bool:
    validate_email(text)
    return True


@FORMATS.checks("phone", raises=DjangoError)
def _phone(text: object) -> bool:
    return Phone().clean(text) == text


Judge = validators.extend(
    Draft202012Validator, {"formatMinimum": _first, "formatMaximum": _last, "x-order": _order}
)


FORM = full()


@lru_cache
def _judge() -> Any:
    made = schema.of_version(FORM, number=1, language="en", today=TODAY)
    Draft202012Validator.check_schema(made)
    return Judge(made, format_checker=FORMATS)


def _taken_by_schema(answers: object) -> bool:
    return bool(_judge().is_valid(answers))


def _taken_by_page(answers: object) -> bool:
    return not judging.mistakes(FORM, answers, "en", today=TODAY)


TEXTS = st.sampled_from(
    ["", " ", "Coral", " Coral", "Coral ", "x" * 40, "x" * 41, "AB-123", "AB-12", "a\x00b", "5"]
)
DATES = st.sampled_from(
    ["", "2014-03-27", "2014-3-27", "27/3/2014", "20140327", "2026-11-22", "2026-11-23",
     "1899-12-31", "2014-02-30", "2008-11-22", "2008-11-21", "today"]
)  # fmt: skip
ANYTHING = st.one_of(
    TEXTS, DATES, st.booleans(), st.none(), st.integers(98, 102), st.sampled_from([5000, 5001, 1.5])
)
BOXES = st.one_of(st.booleans(), st.none(), st.just("true"))
ROWS = st.lists(
    st.fixed_dictionaries(
        {}, optional={"sailor": TEXTS, "minor": BOXES, "born_on": DATES, "rank": st.just("x")}
    ),
    max_size=4,
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["person", "club", "crown", "pirate", "", None, 3]),
        "club_name": TEXTS,
        "founded_on": DATES,
        "poor": BOXES,
        "length": ANYTHING,
        "plate": TEXTS,
        "built_on": DATES,
        "sold_on": DATES,
        "act": st.sampled_from(["", None, "2019/III/142", "2019-3", " 2019/3/1"]),
        "phone": st.sampled_from(["", "+250788123456", "0788123456", "12", 5]),
        "crew": st.one_of(ROWS, st.none(), st.just(""), st.just("Ann"), st.just([1])),
        "unknown": st.just("x"),
    },
)
GOOD = st.sampled_from([PERSON, CLUB, {**CLUB, "kind": "crown"}, {**PERSON, "length": 5000}])


def _mixed(good: dict[str, Any], changes: dict[str, Any], count: int) -> dict[str, Any]:
    return good | dict(list(changes.items())[:count])


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.builds(_mixed, GOOD, ANSWERS, st.integers(0, 3)))
@example(PERSON)
@example(CLUB)
@example({**CLUB, "crew": [{**SAILOR, "minor": True, "born_on": "2008-11-22"}]})
@example({**CLUB, "crew": [{**SAILOR, "minor": True}]})
@example({**CLUB, "crew": [{}]})
@example({**PERSON, "sold_on": "2014-03-26"})
@example({**PERSON, "club_name": 5})
@example([])
def test_what_the_page_refuses_the_schema_refuses_and_nothing_else(tiny, answers) -> None:
    assert _taken_by_schema(answers) == _taken_by_page(answers), answers


def test_good_answers_are_taken_by_both() -> None:
    assert _taken_by_schema(CLUB)
    assert _taken_by_schema(PERSON)
    assert not _taken_by_schema({**PERSON, "kind": "pirate"})


# --- the addresses

SCHEMA = "/api/services/boat-licence/schema/"
ANSWERS_TO = "/api/services/boat-licence/answers/"


def test_the_schema_is_given_in_the_asked_language(tiny) -> None:
    answer = Client(headers={"Accept-Language": "fr"}).get(SCHEMA)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/schema+json")
    made = answer.json()
    assert made["$schema"] == schema.DIALECT
    assert made["title"] == "Permis de bateau"
    assert made["properties"]["island"]["title"] == "Île"
    assert made["properties"]["island"]["format"] == "area"
    Draft202012Validator.check_schema(made)
    assert Client().get("/api/services/nothing/schema/").status_code == 404


def test_the_api_takes_what_the_page_takes_and_keeps_nothing(tiny) -> None:
    good = {"island": "N", "mooring": "N1", "name": "Coral Queen", "colour": "red"}
    taken = Client().post(ANSWERS_TO, good, content_type="application/json")
    assert (taken.status_code, taken.json()["taken"], taken.json()["mistakes"]) == (200, True, [])
    wrong = {**good, "mooring": "S1", "colour": "green"}
    refused = Client().post(ANSWERS_TO, wrong, content_type="application/json")
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["mistakes"]] == ["mooring", "colour"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({"is_admin": True}, "is_admin"),
        ({"name": 5}, "name"),
        ({"name": ["x"]}, "name"),
        ({"engine": "on"}, "engine"),
        ({"launched_on": "27/3/2014"}, "launched_on"),
        ({"name": " Coral"}, "name"),
        ({"phone": "0788123456"}, "phone"),
    ],
)
def test_an_answer_that_is_not_as_it_is_kept_is_refused(tiny, body, field) -> None:
    good = {"island": "N", "mooring": "N1", "name": "Coral Queen", "colour": "red"}
    sent = {**good, **body} if isinstance(body, dict) else body
    answer = Client().post(ANSWERS_TO, sent, content_type="application/json")
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["mistakes"]] == [field]


def test_every_service_of_a_pack_has_a_schema(rw) -> None:
    for card in queries.services_that_can_be_applied_for("en"):
        made = schema.of_version(card.definition, number=1, language="en", today=date(2026, 1, 1))
        Draft202012Validator.check_schema(made)
        assert made["propertyNames"]["enum"] == list(card.definition.fields)
