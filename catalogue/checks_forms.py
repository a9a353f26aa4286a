"""
What a definition may say of its form: fields, conditions, rules, rows, waivers.

A condition looks at earlier fields only, and so no two questions can wait for each other.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from catalogue import checks_lookups
from catalogue.conditions import fields_of
from catalogue.dates import is_day
from catalogue.parts import Condition, Field, Group, Repeat, Rules, Waiver
from catalogue.strict import BadDefinition, between, check_code, once, one_of

if TYPE_CHECKING:
    from catalogue.definition import Definition

FIELD_TYPES = (
    "text", "textarea", "choice", "boolean", "date", "number", "area", "person", "phone", "email",
    "record",
)  # fmt: skip
FIELDS_MAX = 100
ROWS_MAX = 20
LENGTH_MAX = 4_000
NUMBER_MAX = 10**12
# Pages of every application, so that no group of questions may take their address.
TAKEN_PAGES = ("documents", "review")
PATTERN_MAX = 200
# A text that a pattern looks at is short, so that no pattern takes long.
PATTERNED_MAX = 200

_ENDLESS_MAX = 3
_RULES_OF = {"number": {"min", "max"}, "date": {"after", "before"}, "text": {"pattern"}}
_BOOLEAN = ("true", "false")

Earlier = Mapping[str, Field]


def check(d: "Definition") -> None:
    """:raises BadDefinition: naming the key that is wrong"""
    once([g.code for g in d.form], "form")
    waits = _waits(d)
    seen: dict[str, Field] = {}
    codes: set[str] = set()
    for i, group in enumerate(d.form):
        _check_group(group, seen, waits, f"form[{i}]")
        for j, f in enumerate(group.fields):
            where = f"form[{i}].fields[{j}]"
            if f.code in codes:
                raise BadDefinition(f'{where}.code: "{f.code}" stands twice')
            codes.add(f.code)
            if len(codes) > FIELDS_MAX:
                raise BadDefinition(f"form: more than {FIELDS_MAX} fields")
            # A row looks at its own questions only: its whole group may wait for others.
            own = {e.code: e for e in group.fields[:j]}
            _check_field(f, own if group.repeat else seen, waits, where)
            if group.repeat is None:
                seen[f.code] = f
        if group.repeat is not None:
            seen[group.code] = group.asked[0]
    once([f.code for group in d.form for f in group.asked], "form")
    checks_lookups.check(d, seen)
    _check_what_follows(d, seen)


def _check_group(group: Group, earlier: Earlier, waits: "_Waits", where: str) -> None:
    check_code(group.code, f"{where}.code")
    if group.code in TAKEN_PAGES:
        raise BadDefinition(f'{where}.code: "{group.code}" is a page of every application')
    if not group.fields:
        raise BadDefinition(f"{where}.fields: at least one")
    if group.when:
        _check_condition(group.when, earlier, waits, f"{where}.when", of=group.fields[0].code)
    if group.repeat:
        _check_repeat(group, group.repeat, where)


def _check_repeat(group: Group, repeat: Repeat, where: str) -> None:
    between(repeat.most, 1, ROWS_MAX, f"{where}.repeat.most")
    between(repeat.least, 0, repeat.most, f"{where}.repeat.least")
    if not any(f.required and f.when is None for f in group.fields):
        raise BadDefinition(f"{where}.fields: of a row at least one is required, on no condition")


def _check_field(f: Field, earlier: Earlier, waits: "_Waits", where: str) -> None:
    check_code(f.code, f"{where}.code")
    one_of(f.type, FIELD_TYPES, f"{where}.type")
    if f.repeat or f.fields:
        raise BadDefinition(f"{where}.repeat: a group is repeated, no field")
    between(f.max_length, 0, LENGTH_MAX, f"{where}.max_length")
    if (f.type == "choice") != bool(f.options):
        raise BadDefinition(f"{where}.options: a choice has options, and nothing else does")
    once([o.value for o in f.options], f"{where}.options")
    if (f.type == "area") != bool(f.level_name):
        raise BadDefinition(f"{where}.level_name: an area has a level, and nothing else does")
    if f.within and (f.within not in earlier or earlier[f.within].type != "area"):
        raise BadDefinition(f'{where}.within: no earlier area field "{f.within}"')
    if f.when:
        _check_condition(f.when, earlier, waits, f"{where}.when", of=f.code)
    if f.rules:
        _check_rules(f, f.rules, earlier, f"{where}.rules")


def _check_rules(f: Field, rules: Rules, earlier: Earlier, where: str) -> None:
    said = {
        "min": rules.min is not None,
        "max": rules.max is not None,
        "pattern": bool(rules.pattern),
        "after": bool(rules.after),
        "before": bool(rules.before),
    }
    for rule, is_said in said.items():
        if is_said and rule not in _RULES_OF.get(f.type, ()):
            raise BadDefinition(f"{where}.{rule}: not for a field of type {f.type}")
    for name, number in (("min", rules.min), ("max", rules.max)):
        if number is not None:
            between(number, -NUMBER_MAX, NUMBER_MAX, f"{where}.{name}")
    if rules.min is not None and rules.max is not None and rules.min > rules.max:
        raise BadDefinition(f"{where}.min: {rules.min} is more than max, {rules.max}")
    if rules.pattern:
        _check_pattern(f, rules, where)
    for name, bound in (("after", rules.after), ("before", rules.before)):
        named = earlier.get(bound)
        if bound and not is_day(bound) and (named is None or named.type != "date"):
            raise BadDefinition(
                f'{where}.{name}: neither a day nor an earlier date field "{bound}"'
            )


def _check_pattern(f: Field, rules: Rules, where: str) -> None:
    """
    Take the patterns only that mean the same in Python and in JSON Schema, and end soon.

    Nothing that is repeated stands within what is repeated, or "(a+)+" would take for ever.
    """
    pattern = rules.pattern
    if not rules.message:
        raise BadDefinition(f"{where}.message: missing; what does the pattern want, in words?")
    if not 0 < f.max_length <= PATTERNED_MAX:
        raise BadDefinition(f"{where}.pattern: the field wants a max_length up to {PATTERNED_MAX}")
    if len(pattern) > PATTERN_MAX:
        raise BadDefinition(f"{where}.pattern: longer than {PATTERN_MAX} characters")
    if re.search(r"\\[^.\-/+*?()\[\]{}|^$\\]|\(\?", pattern):
        raise BadDefinition(f"{where}.pattern: write [0-9] for a digit; no other escapes, no (?")
    if re.search(r"[{}]", re.sub(r"\{[0-9]+(,[0-9]*)?\}", "", pattern)):
        raise BadDefinition(f"{where}.pattern: a brace that repeats nothing")
    if re.search(r"\)[*+{]", pattern) or len(re.findall(r"[*+]|,\}", pattern)) > _ENDLESS_MAX:
        raise BadDefinition(f"{where}.pattern: repeats too much; repeat single characters only")
    try:
        re.compile(pattern, re.ASCII)
    except re.error:
        raise BadDefinition(f"{where}.pattern: no regular expression") from None


class _Waits:
    """Which fields each field waits for, as the file says it: to name a circle."""

    def __init__(self, waits: Mapping[str, tuple[str, ...]]) -> None:
        self._waits = waits

    def circle(self, start: str) -> list[str]:
        """Return the way from a field back to itself; empty where there is none."""
        ways = [[start]]
        seen = set()
        while ways:
            way = ways.pop(0)
            for after in self._waits.get(way[-1], ()):
                if after == start:
                    return [*way, start]
                if after not in seen:
                    seen.add(after)
                    ways.append([*way, after])
        return []


def _waits(d: "Definition") -> _Waits:
    return _Waits(
        {
            f.code: (*fields_of(group.when), *fields_of(f.when))
            for group in d.form
            for f in group.fields
        }
    )


def _check_condition(
    condition: Condition, earlier: Earlier, waits: _Waits | None, where: str, *, of: str = ""
) -> None:
    tests = [
        bool(condition.is_),
        bool(condition.value),
        bool(condition.is_not),
        bool(condition.in_),
        condition.filled is not None,
    ]
    together = [bool(condition.field), bool(condition.all_), bool(condition.any_)]
    if sum(together) != 1 or sum(tests) != int(bool(condition.field)):
        raise BadDefinition(
            f"{where}: one field with one of is, is_not, in or filled; or all; or any"
        )
    for key, parts in (("all", condition.all_), ("any", condition.any_)):
        for i, part in enumerate(parts):
            _check_condition(part, earlier, waits, f"{where}.{key}[{i}]", of=of)
    if not condition.field:
        return
    named = earlier.get(condition.field)
    if named is None:
        circle = waits.circle(of) if waits else []
        if circle:
            raise BadDefinition(f"{where}: a circle: {' waits for '.join(circle)}")
        which = "no earlier field" if of else "no field"
        raise BadDefinition(f'{where}.field: {which} "{condition.field[:60]}"')
    _check_values(condition, named, where)


def _check_values(condition: Condition, named: Field, where: str) -> None:
    """No test that can never be true: a slip there would hide a question for good."""
    if named.type == "rows" and condition.filled is None:
        raise BadDefinition(f"{where}: of rows only filled can be asked")
    known = {"choice": tuple(o.value for o in named.options), "boolean": _BOOLEAN}.get(named.type)
    if known is None:
        return
    # Not of `value`, the older word: versions that stand were never asked.
    for value in (condition.is_, condition.is_not, *condition.in_):
        if value:
            one_of(value, known, where)


def _check_what_follows(d: "Definition", fields: Earlier) -> None:
    """Conditions of what stands after the form: fees, attachments, waivers."""
    for i, fee in enumerate(d.fees):
        if fee.when:
            _check_condition(fee.when, fields, None, f"fees[{i}].when")
    for i, one in enumerate(d.attachments):
        if one.when and not one.code:
            raise BadDefinition(f"attachments[{i}].code: what is asked for now and then has a code")
        if one.when:
            _check_condition(one.when, fields, None, f"attachments[{i}].when")
    once([waiver.code for waiver in d.waivers], "waivers")
    for i, waiver in enumerate(d.waivers):
        _check_waiver(waiver, d, fields, f"waivers[{i}]")
    asked = d.fields.get(d.area_field)
    home = next((group for group in d.form if asked in group.fields), None)
    if asked and (asked.when or (home and home.when)):
        raise BadDefinition("area_field: asked only on a condition; every case needs its office")


def _check_waiver(waiver: Waiver, d: "Definition", fields: Earlier, where: str) -> None:
    check_code(waiver.code, f"{where}.code")
    if not waiver.names:
        raise BadDefinition(f"{where}.names: at least one language")
    _check_condition(waiver.when, fields, None, f"{where}.when")
    if bool(waiver.percent) == (waiver.amount_minor is not None):
        raise BadDefinition(f"{where}: either percent or amount_minor")
    between(waiver.percent, 0, 100, f"{where}.percent")
    if waiver.amount_minor is not None:
        between(waiver.amount_minor, 0, 10**12, f"{where}.amount_minor")
    billed = [fee.code for fee in d.fees if not fee.variant]
    for code in waiver.fees:
        one_of(code, billed, f"{where}.fees")
    if waiver.evidence and waiver.evidence not in d.slots:
        raise BadDefinition(f'{where}.evidence: no attachment "{waiver.evidence[:60]}"')
