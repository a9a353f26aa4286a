"""What was typed, made fit to keep: plain values, and the private ones apart from the others."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from catalogue import conditions
from catalogue.definition import Definition, Field

PRIVATE_TYPES = frozenset({"phone", "email", "person"})
"""Types of field whose values are phones, addresses or national numbers: encrypted at rest."""

Plain = str | bool | int | None | list[dict[str, Any]]


class UnknownField(Exception):
    """The form of this service has no such field."""


def plain(value: object) -> Plain:
    """Return a form's value as JSON keeps it: dates in ISO 8601, things by their code, rows."""
    if isinstance(value, list):
        return [{code: plain(answer) for code, answer in row.items()} for row in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(getattr(value, "code", value))


def split(definition: Definition, given: Mapping[str, object]) -> tuple[dict[str, Any], str]:
    """
    Return the open answers, and the private ones as JSON text for an encrypted field.

    Answers to questions that are not asked are left out. Rows with a private question are private.

    :raises UnknownField: if an answer belongs to no field of the form
    """
    unknown = given.keys() - definition.fields.keys()
    if unknown:
        raise UnknownField(", ".join(sorted(unknown)))
    open_answers: dict[str, Any] = {}
    private: dict[str, Any] = {}
    plain_answers = {code: plain(value) for code, value in given.items()}
    for code, value in conditions.kept(definition, plain_answers).items():
        kept = private if _is_private(definition.fields[code]) else open_answers
        kept[code] = value
    return open_answers, json.dumps(private, ensure_ascii=False, sort_keys=True)


def _is_private(field: Field) -> bool:
    return any(each.type in PRIVATE_TYPES for each in (field, *field.fields))
