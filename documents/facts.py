"""
A paper says only what the register says: its facts are taken from the cited entry.

A slip says what the house knows of a case: its facts are those that its wording
declares. Either way they are texts in NFC, dates in ISO 8601, counts in digits; with the version of
the wording as their schema they have one canonical form and one hash.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from documents.rendering import Template
from documents.rendering.record import canonical, sha256
from documents.rendering.wording import Row, Table
from places import queries as places
from registers.queries import CitedEntryView

__all__ = [
    "REFUSALS",
    "FactsDiffer",
    "FactsMalformed",
    "FactsMissing",
    "FactsRefuse",
    "canonical",
    "check_agree",
    "for_slip",
    "from_entry",
    "holder",
    "lies_at",
    "sha256",
]

_LETTERS_MAX = 400  # Of one fact.
_ROWS_MAX = 2000  # Of a table without a limit of its own.


class FactsMissing(Exception):
    """The entry or case lacks what this paper must say; the message names the facts."""


class FactsDiffer(Exception):
    """What was asked to be printed is not what the entry says; the message names the facts."""


class FactsRefuse(Exception):
    """The register says the contrary of what this paper states; the message names the fact."""


class FactsMalformed(Exception):
    """A fact that the paper does not know, or in a form that it cannot read; they are named."""


def holder(names: Sequence[str], shown: Mapping[str, str]) -> tuple[str, str]:
    """
    Return whom a paper is about, as it is drawn on it: a name, and a birthday in ISO 8601 or "".

    :param names: the facts that name her, such as "spouse_1_given_names"; her birthday is called
        alike, "spouse_1_born_on"
    """
    told = " ".join(shown[name] for name in names if shown.get(name))
    whose = names[0].removesuffix("given_names").removesuffix("family_name")
    return told, shown.get(f"{whose}born_on", "")


def lies_at(
    office_code: str, language: str, areas: Mapping[str, places.AreaLine] | None = None
) -> str:
    """
    Return where an act lies: "Kimironko, Gasabo"; the code alone where no area has it.

    `areas` are those that were read already.
    """
    if areas is None:
        areas = places.area_lines([office_code]) if office_code else {}
    line = areas.get(office_code)
    return ", ".join(line.told(language).split(", ")[:2]) if line else office_code


REFUSALS = (FactsMalformed, FactsMissing, FactsRefuse)
"""Why an entry bears no paper of a type."""


def from_entry(
    template: Template, kind: str, entry: CitedEntryView, language: str
) -> dict[str, str]:
    """
    Return what a paper of this kind shows and nothing more, in NFC; places are named.

    :raises FactsRefuse: if the entry contradicts the paper (a certificate of being single for
        somebody whom the register calls married), is of another register, or there is no such
        kind of this paper
    :raises FactsMissing: if it lacks a fact that the paper must show
    :raises FactsMalformed: if a count of the register is none
    """
    if entry.kind != template.register:
        raise FactsRefuse("register")
    if not template.offers(kind):
        raise FactsRefuse("kind")
    for fact, needed in template.requires.items():
        if entry.facts.get(fact) != needed:
            raise FactsRefuse(fact)
    listed, required = _listed(template.table, entry.facts)
    shown = [*template.facts_for(kind), *listed]
    facts = _values(entry, shown, language)
    missing = [fact for fact in (*template.required_for(kind), *required) if not facts[fact]]
    if missing:
        raise FactsMissing(", ".join(missing))
    return {fact: value for fact, value in facts.items() if value}


def for_slip(
    template: Template, told: Mapping[str, str | Sequence[Mapping[str, str]]]
) -> dict[str, str]:
    """
    Return the facts of a slip as its wording declares them, in NFC.

    What a table lists is given under the name of its count, as rows: `{"items": [{"name": ...}]}`.

    :raises FactsMissing: if one is not told that the slip must say
    :raises FactsMalformed: for one that the slip does not declare, or that has another form
    """
    flat = _flat(template.table, told)
    listed, required = _listed(template.table, flat)
    forms = {fact: row for row in template.rows for fact in row.facts} | listed
    facts = {fact: _clean(value) for fact, value in flat.items()}
    missing = [fact for fact in (*template.required_for(""), *required) if not facts.get(fact)]
    if missing:
        raise FactsMissing(", ".join(missing))
    facts = {fact: value for fact, value in facts.items() if value}
    count = template.table.count if template.table else ""
    wrong = [
        fact
        for fact, value in facts.items()
        if fact != count and (fact not in forms or not _reads(forms[fact], value))
    ]
    if wrong:
        raise FactsMalformed(", ".join(sorted(wrong)))
    return facts


def check_agree(facts: Mapping[str, str], entry_facts: Mapping[str, str]) -> None:
    """
    :raises FactsDiffer: if a value that was handed over is not the entry's
    """
    differing = [
        fact
        for fact, value in facts.items()
        if fact in entry_facts and _clean(value) != _clean(entry_facts[fact])
    ]
    if differing:
        raise FactsDiffer(", ".join(sorted(differing)))


def _listed(table: Table | None, facts: Mapping[str, str]) -> tuple[dict[str, Row], list[str]]:
    """Return the facts of a table by their count, and those of them that must be there."""
    if table is None:
        return {}, []
    said = _clean(facts.get(table.count, ""))
    if not said:
        raise FactsMissing(table.count)
    if not (said.isdecimal() and said.isascii()) or int(said) > (table.rows_max or _ROWS_MAX):
        raise FactsMalformed(table.count)
    listed = {
        table.fact(number, column): column.row
        for number in range(1, int(said) + 1)
        for column in table.columns
    }
    return listed, [fact for fact, row in listed.items() if not row.optional]


def _flat(
    table: Table | None, told: Mapping[str, str | Sequence[Mapping[str, str]]]
) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in told.items():
        if isinstance(value, str):
            flat[name] = value
            continue
        if table is None or name != table.count:
            raise FactsMalformed(name)
        flat[name] = str(len(value))
        for number, row in enumerate(value, start=1):
            flat |= {f"{table.prefix}_{number}_{column}": text for column, text in row.items()}
    return flat


def _reads(row: Row, value: str) -> bool:
    """Say whether the value is of the row's form."""
    try:
        match row.form:
            case "date" | "short_date":
                return date.fromisoformat(value).isoformat() == value
            case "moment" | "short_moment" | "time":
                return datetime.fromisoformat(value).utcoffset() is not None
            case "choice":
                return value in row.choices
            case _:
                return len(value) <= _LETTERS_MAX
    except ValueError:
        return False


def _values(entry: CitedEntryView, names: Sequence[str], language: str) -> dict[str, str]:
    """Return what the entry states, and the names of the places for which it has codes alone."""
    stated = {fact: _clean(entry.facts.get(fact, "")) for fact in names}
    codes = {
        fact: code
        for fact, value in stated.items()
        if not value and (code := entry.facts.get(f"{fact}_code", ""))
    }
    lines = places.area_lines(set(codes.values())) if codes else {}
    # An area of a division that is gone: the code is what the register holds.
    named = {
        fact: lines[code].told(language) if code in lines else code for fact, code in codes.items()
    }
    return stated | named


def _clean(value: str) -> str:
    return unicodedata.normalize("NFC", " ".join(value.split()))
