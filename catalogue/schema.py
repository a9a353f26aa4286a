"""
The form of a version as JSON Schema 2020-12.

Answers are written as they are kept: dates in ISO 8601, areas by their code, phones as E.164,
numbers of persons without spaces. What no schema can say alone stands in words that others use
for it or that begin with "x-": `formatMinimum` and `formatMaximum` bound a date, `x-order` names
two date fields of which the second is not the earlier, `x-lookup` the answers that a register is
asked about together with this one once a case is begun, and "area", "phone" and "person" are
formats of this country. A question that is not asked may have any answer: it is not kept.
`catalogue.judging` refuses the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from catalogue import rules
from catalogue.checks_forms import NUMBER_MAX
from catalogue.definition import Definition
from catalogue.parts import Condition, Field
from catalogue.questions import LENGTHS, record_pattern
from catalogue.words import tell

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

# Neither blank, nor with a space before or after, nor with a character that cannot be printed.
_PRINTED = r"^(?!\s)[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad]+(?<!\s)$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def of_version(definition: Definition, *, number: int, language: str, today: date) -> Schema:
    """
    Return the schema of a version's answers, with titles and descriptions in the language.

    :param number: the version's
    :param today: the day that rules such as "not after today" mean
    """
    fields = [(f, group.when) for group in definition.form for f in group.asked]
    return {
        "$schema": DIALECT,
        "$id": f"urn:guichet:{definition.code}:{number}",
        "title": definition.name(language),
        "description": tell(definition.summary, language).text,
        **_object(fields, language, today),
    }


def _object(fields: Sequence[tuple[Field, Condition | None]], language: str, today: date) -> Schema:
    """Return the schema of answers to these fields, each with the condition of its group."""
    always = [field for field, when in fields if when is None and field.when is None]
    made: Schema = {
        "type": "object",
        "propertyNames": {"enum": [field.code for field, _when in fields]},
        "properties": {field.code: _value(field, language, today) for field in always},
        "required": [field.code for field in always if field.required],
    }
    asked = _Asked(fields)
    then = [asked.then(field, _value(field, language, today)) for field in asked.conditional]
    orders = [order for field, _when in fields for order in asked.orders(field)]
    if then or orders:
        made["allOf"] = [*then, *orders]
    return made


class _Asked:
    """When each field of an object is asked, as schemas of the whole object."""

    def __init__(self, fields: Sequence[tuple[Field, Condition | None]]) -> None:
        self._fields = {field.code: field for field, _when in fields}
        self._when: dict[str, Schema | None] = {}
        # Conditions look back only: those of earlier fields are there when they are wanted.
        for field, of_group in fields:
            parts = [self._test(c) for c in (of_group, field.when) if c is not None]
            self._when[field.code] = _all(parts) if parts else None
        self.conditional = [f for f, _when in fields if self._when[f.code] is not None]

    def then(self, field: Field, value: Schema) -> Schema:
        wanted: Schema = {"properties": {field.code: value}}
        if field.required:
            wanted["required"] = [field.code]
        return {"if": self._when[field.code], "then": wanted}

    def orders(self, field: Field) -> Iterator[Schema]:
        """Yield what holds between this date and others, where both are asked."""
        if field.rules is None:
            return
        for earlier, later in (
            (field.rules.after, field.code),
            (field.code, field.rules.before),
        ):
            if earlier in self._fields and later in self._fields:
                both = [w for code in (earlier, later) if (w := self._when[code]) is not None]
                order: Schema = {"x-order": [earlier, later]}
                yield {"if": _all(both), "then": order} if both else order

    def _test(self, condition: Condition) -> Schema:
        if condition.all_:
            return _all([self._test(each) for each in condition.all_])
        if condition.any_:
            return {"anyOf": [self._test(each) for each in condition.any_]}
        field = self._fields[condition.field]
        if condition.filled is not None:
            filled = self._given(field, {"not": {"enum": ["", None, []]}})
            return filled if condition.filled else {"not": filled}
        if condition.is_not:
            return {"not": self._given(field, {"enum": _kept(field, condition.is_not)})}
        values = condition.in_ or (condition.is_ or condition.value,)
        known = [kept for value in values for kept in _kept(field, value)]
        return self._given(field, {"enum": known})

    def _given(self, field: Field, value: Schema) -> Schema:
        """An answer of this kind to a question that was asked."""
        given: Schema = {"required": [field.code], "properties": {field.code: value}}
        asked = self._when[field.code]
        return _all([asked, given]) if asked is not None else given


def _kept(field: Field, value: str) -> list[Any]:
    """Return how the value that a condition names is kept; none where it can be no answer."""
    if field.type == "boolean":
        return [value == "true"] if value in {"true", "false"} else []
    if field.type == "number":
        return [int(value)] if value.lstrip("-").isdecimal() else []
    return [value]


def _all(parts: list[Schema]) -> Schema:
    return parts[0] if len(parts) == 1 else {"allOf": parts}


def _value(field: Field, language: str, today: date) -> Schema:
    """Return the schema of one answer, with its words."""
    words = {
        "title": tell(field.labels, language).text,
        "description": tell(field.hints, language).text,
    }
    told = {key: text for key, text in words.items() if text}
    made = _typed(field, language, today)
    if field.required:
        return {**told, **made}
    return {**told, "anyOf": [{"enum": ["", None]}, made]}


def _typed(field: Field, language: str, today: date) -> Schema:
    match field.type:
        case "boolean":
            return {"const": True} if field.required else {"type": "boolean"}
        case "number":
            return _number(field)
        case "choice":
            options = [
                {"const": o.value, "title": tell(o.labels, language).text} for o in field.options
            ]
            return {"oneOf": options}
        case "date":
            return _day(field, today)
        case "area":
            area: Schema = {"type": "string", "format": "area", "x-level": field.level_name}
            return {**area, "x-within": field.within} if field.within else area
        case "rows":
            return _rows(field, language, today)
    return _text(field)


def _number(field: Field) -> Schema:
    least = field.rules.min if field.rules else None
    most = field.rules.max if field.rules else None
    return {
        "type": "integer",
        "minimum": -NUMBER_MAX if least is None else least,
        "maximum": NUMBER_MAX if most is None else most,
    }


def _day(field: Field, today: date) -> Schema:
    made: Schema = {"type": "string", "format": "date", "pattern": _DATE}
    if field.rules is None:
        return made
    for word, said in (("formatMinimum", field.rules.after), ("formatMaximum", field.rules.before)):
        # A bound that is another field stands beside the fields, as "x-order".
        day = rules.bound(said, {}, today)
        if day is not None:
            made[word] = day.isoformat()
    return made


def _rows(field: Field, language: str, today: date) -> Schema:
    repeat = field.repeat
    return {
        "type": "array",
        "minItems": repeat.least if repeat else 0,
        "maxItems": repeat.most if repeat else 0,
        "items": _object([(each, None) for each in field.fields], language, today),
    }


def _text(field: Field) -> Schema:
    made: Schema = {
        "type": "string",
        "maxLength": field.max_length or LENGTHS[field.type],
        "pattern": _PRINTED,
    }
    if field.type in {"email", "phone", "person"}:
        made["format"] = field.type
    if field.lookup:
        made["x-lookup"] = {key: code for key, code in asdict(field.lookup).items() if code}
    pattern = field.rules.pattern if field.rules else ""
    if field.type == "record":
        pattern = record_pattern(field)
    if pattern:
        made["allOf"] = [{"pattern": f"^(?:{pattern})$"}]
    return made
