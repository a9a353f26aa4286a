"""A definition is read strictly; prices and words follow from it."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalogue import pricing
from catalogue.definition import Definition
from catalogue.strict import BadDefinition
from catalogue.words import fold, tell
from kernel import uploads

BOAT = yaml.safe_load(
    (Path(__file__).parents[1] / "countries/tiny/services/boat-licence.yaml").read_text("utf-8")
)
PAPER = {"names": {"en": "Boat licence"}, "paper": "residence", "register": "population"}
DEED = {"code": "deed", "names": {"en": "Deed"}}
FORM = [{"code": "g", "titles": {"en": "G"}, "fields": []}]


def _boat(**changes: object) -> Definition:
    return Definition.from_dict({**copy.deepcopy(BOAT), **changes})


def test_a_definition_knows_its_fields_reasons_and_promise() -> None:
    boat = _boat()
    assert list(boat.fields)[:2] == ["island", "mooring"]
    assert boat.working_days == 3
    assert boat.name("fr") == "Permis de bateau"
    assert boat.name("sw") == "Boat licence"
    assert boat.reason("sunk").label("en").text == "It has sunk."
    assert boat.appeal.last_day(date(2026, 2, 20)) == date(2026, 3, 2)
    assert boat.reason("unknown") is None
    assert boat.group("boat").title("en").text == "Your boat"
    assert (boat.takes_parts, _boat(takes_parts=True).takes_parts) == (False, True)


def test_what_has_a_code_is_given_here_and_the_rest_are_words() -> None:
    boat = _boat(attachments=[{"names": {"en": "Two stamps"}}, DEED])
    assert list(boat.slots) == ["deed"]
    deed = boat.slots["deed"]
    assert (deed.required, deed.types, deed.max_bytes) == (False, uploads.KINDS, uploads.BYTES_MAX)


def test_a_promise_in_months_is_no_date() -> None:
    assert _boat(time={"value": 1, "unit": "months"}).working_days is None


@pytest.mark.parametrize(
    ("months", "issued_on", "last_day"),
    [
        (0, date(2026, 11, 23), None),
        (3, date(2026, 11, 23), date(2027, 2, 23)),
        (3, date(2026, 11, 30), date(2027, 2, 28)),
        (6, date(2027, 8, 31), date(2028, 2, 29)),
        (12, date(2028, 2, 29), date(2029, 2, 28)),
        (1, date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_a_term_in_months_ends_with_the_same_day(
    months: int, issued_on: date, last_day: date | None
) -> None:
    output = _boat(output={**PAPER, "valid_months": months}).output
    assert output is not None
    assert output.last_day(issued_on) == last_day


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"colour": "red"}, "colour: unknown key"),
    ({"names": None}, "names: missing"),
    ({"takes_parts": "yes"}, "takes_parts: "),
    ({"second_approval": True}, "second_approval: there is no paper"),
    ({"names": {}}, "names: at least one language"),
    ({"sources": []}, "sources: at least one"),
    ({"names": {"english": "Boat"}}, "names.english: no language code"),
    ({"names": {"en": ""}}, "names.en: a text is wanted"),
    ({"names": {"en": "x" * 2001}}, "names.en: longer than"),
    ({"names": ["Boat"]}, "names: a mapping by language"),
    ({"applicable": "yes"}, "applicable: bool is wanted"),
    ({"fees": {}}, "fees: a list is wanted"),
    ({"fees": BOAT["fees"][:1] * 201}, "fees: more than 200"),
    ({"fees": BOAT["fees"][:1] * 2}, 'fees: "licence" stands twice'),
    ({"fees": [{**BOAT["fees"][0], "amount_minor": True}]}, "fees[0].amount_minor: int is wanted"),
    ({"fees": [{**BOAT["fees"][0], "amount_minor": 1.5}]}, "fees[0].amount_minor: int is wanted"),
    ({"fees": [{**BOAT["fees"][0], "amount_minor": None}]}, "fees[0].amount_minor: missing"),
    ({"fees": [{**BOAT["fees"][0], "currency": None}]}, "fees[0].currency: missing"),
    ({"fees": [{**BOAT["fees"][0], "currency": "dollars"}]}, "fees[0].currency: no ISO"),
    ({"fees": [{**BOAT["fees"][0], "legal_checked": True}]}, "fees[0].legal_checked: nothing"),
    (
        {"fees": [{**BOAT["fees"][0], "when": {"field": "x", "value": "1"}}]},
        'fees[0].when.field: no field "x"',
    ),
    ({"time": {"value": 1, "unit": "moons"}}, 'time.unit: unknown "moons"'),
    ({"time": {"value": -1, "unit": "days"}}, "time.value: -1 is not"),
    ({"form": FORM, "fees": []}, "form[0].fields: at least one"),
    ({"form": [], "fees": []}, "form: a service that can be applied for has one"),
    ({"form": BOAT["form"][2:]}, "area_field: no required area field"),
    ({"case_prefix": "boat"}, "case_prefix: two to four"),
    ({"case_prefix": None}, "case_prefix: two to four"),
    ({"output": None}, "output: missing"),
    ({"output": {**PAPER, "kind": "copy"}}, 'output.kind: unknown "copy"'),
    ({"output": {**PAPER, "register": "tax"}}, 'output.register: unknown "tax"'),
    ({"output": {**PAPER, "register": None}}, "output.register: a paper is read from a register"),
    ({"output": {**PAPER, "paper": None, "by_register": True}}, "output.by_register: there is no"),
    ({"output": {**PAPER, "by_register_ours": True}}, "output.by_register_ours: nothing"),
    ({"output": {**PAPER, "valid_months": -1}}, "output.valid_months: -1 is not"),
    ({"refusal_reasons": []}, "refusal_reasons: at least one"),
    ({"sources": [{"url": "javascript:alert(1)"}]}, "sources[0].url: no web address"),
    ({"code": "Boat Licence"}, 'code: "Boat Licence" is no code'),
    ({"form": [{**FORM[0], "code": "documents"}]}, 'form[0].code: "documents" is a page of every'),
    ({"attachments": [{**DEED, "code": "A deed"}]}, 'attachments[0].code: "A deed" is no code'),
    ({"attachments": [DEED, DEED]}, 'attachments: "deed" stands twice'),
    ({"attachments": [{**DEED, "types": ["video"]}]}, 'attachments[0].types: unknown "video"'),
    ({"attachments": [{**DEED, "types": []}]}, "attachments[0].types: at least one"),
    ({"attachments": [{**DEED, "max_bytes": 5_242_881}]}, "attachments[0].max_bytes: 5242881 is"),
    (
        {"attachments": [{"names": {"en": "Deed"}, "required": True}]},
        "attachments[0].code: what is required",
    ),
    (
        {"attachments": [{**DEED, "code": f"deed-{n}"} for n in range(16)]},
        "attachments: more than 15",
    ),
]


@pytest.mark.parametrize(("changes", "said"), WRONG)
def test_a_wrong_definition_is_refused_by_its_key(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadDefinition) as error:
        _boat(**changes)
    assert str(error.value).startswith(said)


def _field(**keys: object) -> list[dict[str, object]]:
    fields = [{"code": "a", "type": "text", "labels": {"en": "A"}, **keys}]
    return [*BOAT["form"][:2], {"code": "g", "titles": {"en": "G"}, "fields": fields}]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"type": "blob"}, "form[2].fields[0].type: unknown"),
        ({"type": "choice"}, "form[2].fields[0].options: a choice has options"),
        ({"type": "area"}, "form[2].fields[0].level_name: an area has a level"),
        ({"code": "island"}, 'form[2].fields[0].code: "island" stands twice'),
        ({"code": "x y"}, 'form[2].fields[0].code: "x y" is no code'),
        ({"max_length": 5_000}, "form[2].fields[0].max_length: 5000 is not"),
        ({"within": "mooring2"}, "form[2].fields[0].within: no earlier area field"),
        ({"labels": {"en": 3}}, "form[2].fields[0].labels.en: str is wanted"),
        ({"size": 3}, "form[2].fields[0].size: unknown key"),
    ],
)
def test_a_wrong_field_is_refused_by_its_key(keys: dict[str, object], said: str) -> None:
    without = [fee for fee in BOAT["fees"] if "when" not in fee]
    assert _boat(form=_field(), fees=without)
    with pytest.raises(BadDefinition) as error:
        _boat(form=_field(**keys), fees=without)
    assert str(error.value).startswith(said)


def test_two_thousand_fields_are_refused() -> None:
    fields = [{"code": f"f{i}", "type": "text", "labels": {"en": "F"}} for i in range(199)]
    groups = [
        {
            "code": f"g{j}",
            "titles": {"en": "G"},
            "fields": [{**f, "code": f"{f['code']}-{j}"} for f in fields],
        }
        for j in range(11)
    ]
    with pytest.raises(BadDefinition, match="more than 100 fields"):
        _boat(form=[*BOAT["form"], *groups])


PRICES = [
    ({}, [("licence", 1050, "district"), ("stamp", 25, "treasury")]),
    ({"engine": False}, [("licence", 1050, "district"), ("stamp", 25, "treasury")]),
    (
        {"engine": True},
        [("licence", 1050, "district"), ("stamp", 25, "treasury"), ("engine", 500, "harbour")],
    ),
    (
        {"engine": "true", "other": 1},
        [("licence", 1050, "district"), ("stamp", 25, "treasury"), ("engine", 500, "harbour")],
    ),
]


@pytest.mark.parametrize(("answers", "charges"), PRICES)
def test_the_price_follows_the_answers_and_never_counts_a_variant(answers, charges) -> None:
    priced = pricing.price(_boat(), answers)
    assert [(c.code, c.amount_minor, c.beneficiary) for c in priced] == charges
    assert {c.currency for c in priced} == {"USD"}
    assert [c.legal_checked for c in priced][:2] == [False, True]


def test_a_free_service_has_nothing_to_bill() -> None:
    assert pricing.price(_boat(fees=[{**BOAT["fees"][0], "amount_minor": 0}]), {}) == []
    assert pricing.price(_boat(fees=None), {}) == []


def test_a_fee_without_a_published_amount_is_never_guessed() -> None:
    unknown = _boat(applicable=False, fees=[{**BOAT["fees"][0], "amount_minor": None}])
    with pytest.raises(pricing.FeeUnknown):
        pricing.price(unknown, {})


def test_a_text_falls_back_and_says_so() -> None:
    texts = {"fr": "Bateau", "en": "Boat"}
    assert (tell(texts, "fr").text, tell(texts, "fr").fallback) == ("Bateau", False)
    assert (tell(texts, "rw").text, tell(texts, "rw").language) == ("Boat", "en")
    assert tell(texts, "rw").fallback
    assert tell({"fr": "Bateau"}, "rw").language == "fr"
    assert not tell({}, "en")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Certificat d'identité", "certificat d identite"),
        ("Icyemezo cy\u2019amavuko", "icyemezo cy amavuko"),
        ("  ŒUVRE -- Đà Nẵng  ", "oeuvre da nang"),
        ("a_b<script>", "a b script"),
        ("🐟", ""),
    ],
)
def test_folding_leaves_bare_words(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
