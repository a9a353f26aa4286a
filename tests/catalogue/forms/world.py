"""A form with everything that a form can have: conditions, rules, rows, files, waivers."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from catalogue.definition import Definition

TODAY = date(2026, 11, 22)

BOAT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "countries/tiny/services/boat-licence.yaml").read_text("utf-8")
)

FORM: list[dict[str, Any]] = yaml.safe_load(
    r"""
- code: owner
  titles: {en: The owner}
  help: {en: 'Whoever answers for the boat.'}
  fields:
    - code: kind
      type: choice
      labels: {en: 'Who owns it?'}
      options:
        - {value: person, labels: {en: A person}}
        - {value: club, labels: {en: A club}}
        - {value: crown, labels: {en: The crown}}
    - code: club_name
      type: text
      labels: {en: Name of the club}
      max_length: 40
      when: {field: kind, is: club}
    - code: founded_on
      type: date
      labels: {en: Founded on}
      required: false
      rules: {before: today}
      when: {field: club_name, filled: true}
    - code: poor
      type: boolean
      labels: {en: I receive help from the state}
      required: false
      when: {field: kind, is_not: crown}
- code: boat
  titles: {en: The boat}
  fields:
    - {code: length, type: number, labels: {en: Length in cm}, rules: {min: 100, max: 5000}}
    - code: plate
      type: text
      labels: {en: Plate}
      max_length: 8
      rules: {pattern: '[A-Z]{2}-[0-9]{3}', message: {en: 'Two letters, a dash, three digits.'}}
    - code: built_on
      type: date
      labels: {en: Built on}
      rules: {before: today, after: '1900-01-01'}
    - code: sold_on
      type: date
      labels: {en: Sold on}
      required: false
      rules: {after: built_on, before: today}
    - {code: act, type: record, labels: {en: Act of the register}, required: false}
    - {code: phone, type: phone, labels: {en: Telephone}, required: false}
- code: crew
  titles: {en: The crew}
  repeat: {least: 1, most: 3, names: {en: Sailor}}
  when: {any: [{field: kind, in: [club, crown]}, {field: length, is: '5000'}]}
  fields:
    - {code: sailor, type: text, labels: {en: Name}, max_length: 30}
    - {code: minor, type: boolean, labels: {en: Younger than 18}, required: false}
    - code: born_on
      type: date
      labels: {en: Born on}
      rules: {after: today-18y, before: today}
      when: {field: minor, is: 'true'}
"""
)

REST: dict[str, Any] = {
    "applicable": False,
    "form": FORM,
    "attachments": [
        {"code": "statute", "names": {"en": "Statute"}, "required": True,
         "when": {"field": "kind", "is": "club"}},
        {"code": "need", "names": {"en": "Letter of the state"},
         "when": {"field": "poor", "is": "true"}},
    ],
    "fees": [
        {"code": "licence", "names": {"en": "Licence"}, "amount_minor": 1001, "currency": "USD",
         "beneficiary": "district"},
        {"code": "crew", "names": {"en": "Crew"}, "amount_minor": 300, "currency": "USD",
         "beneficiary": "harbour", "when": {"field": "crew", "filled": True}},
    ],
    "waivers": [
        {"code": "poor", "names": {"en": "Help from the state"}, "law": "Harbour Act, section 20",
         "when": {"field": "poor", "is": "true"}, "percent": 50, "fees": ["licence"],
         "evidence": "need"},
        {"code": "crown", "names": {"en": "Boats of the crown"}, "law": "Harbour Act, section 21",
         "when": {"field": "kind", "is": "crown"}, "amount_minor": 0},
    ],
}  # fmt: skip

PERSON: dict[str, Any] = {
    "kind": "person", "length": 800, "plate": "AB-123", "built_on": "2014-03-27",
}  # fmt: skip
SAILOR: dict[str, Any] = {"sailor": "Ann Coral", "minor": False}
CLUB: dict[str, Any] = {
    **PERSON, "kind": "club", "club_name": "Coral Sailors", "crew": [SAILOR],
}  # fmt: skip


def full(**changes: object) -> Definition:
    """Return the definition of the whole form, with changes of its keys."""
    return Definition.from_dict(copy.deepcopy({**BOAT, **REST, **changes}))


def one_field(**keys: object) -> dict[str, Any]:
    """Return keys of a definition whose form is one field after a choice and a date."""
    fields = [
        FORM[0]["fields"][0],
        {"code": "since", "type": "date", "labels": {"en": "Since"}},
        {"code": "a", "type": "text", "labels": {"en": "A"}, **keys},
    ]
    form = [{"code": "g", "titles": {"en": "G"}, "fields": fields}]
    return {"form": form, "fees": [], "waivers": [], "attachments": []}
