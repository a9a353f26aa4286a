"""What was typed, made fit to keep: plain values, and the private ones apart from the others."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from catalogue.definition import Definition

PRIVATE_TYPES = frozenset({"phone", "email", "person"})
"""Types of field whose values are phones, addresses or national numbers: encrypted at rest."""

Plain = str | bool | int | None


class UnknownField(Exception):
    """The form of this service has no such field."""


def plain(value: object) -> Plain:
    """Return a form's value as JSON keeps it: dates in ISO 8601, things by their code."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(getattr(value, "code", value))


def split(definition: Definition, given: Mapping[str, object]) -> tuple[dict[str, Any], str]:
    """
    Return the open answers, and the private ones as JSON text for an encrypted field.

    :raises UnknownField: if an answer belongs to no field of the form
    """
    unknown = given.keys() - definition.fields.keys()
    if unknown:
        raise UnknownField(", ".join(sorted(unknown)))
    open_answers: dict[str, Any] = {}
    private: dict[str, Any] = {}
    for code, value in given.items():
        kept = private if definition.fields[code].type in PRIVATE_TYPES else open_answers
        kept[code] = plain(value)
    return open_answers, json.dumps(private, ensure_ascii=False, sort_keys=True)
