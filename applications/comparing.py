"""
What was given, beside what the register holds. Pure: the same rows for the page and for approval.

A field of the form is compared with the fact of the register that has the same code; who the
holder is was proved when she signed in, and is compared as well. What differs is not for an
officer to overlook: the register is mended first (rectification), or the answers are (completion).
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.definition import Definition, Field
from registers.entries import ActEntry, Entry, PersonEntry
from registers.matching import same_name

Text = str | Promise

LABELS: dict[str, Text] = {
    "family_name": _("Family name"),
    "given_names": _("Given names"),
    "sex": _("Sex"),
    "born_on": _("Date of birth"),
    "birth_place_code": _("Place of birth"),
    "residence_code": _("Place of residence"),
    "father_name": _("Father"),
    "mother_name": _("Mother"),
    "nationality": _("Nationality"),
    "marital_status": _("Marital status"),
    "vital_status": _("Alive"),
    "judgments": _("Judgments entered"),
    "married_on": _("Date of marriage"),
    "place_code": _("Place of marriage"),
    "property_regime": _("Property regime"),
    "spouse_1_family_name": _("First spouse: family name"),
    "spouse_1_given_names": _("First spouse: given names"),
    "spouse_1_born_on": _("First spouse: date of birth"),
    "spouse_1_birth_place_code": _("First spouse: place of birth"),
    "spouse_2_family_name": _("Second spouse: family name"),
    "spouse_2_given_names": _("Second spouse: given names"),
    "spouse_2_born_on": _("Second spouse: date of birth"),
    "spouse_2_birth_place_code": _("Second spouse: place of birth"),
}

_JUDGMENT_LABELS: dict[str, Text] = {
    "on": _("date"),
    "court": _("court"),
    "offence": _("offence"),
    "sentence": _("sentence"),
}

WORDS: dict[str, dict[str, Text]] = {
    "sex": {"F": _("Female"), "M": _("Male")},
    "marital_status": {
        "single": _("Single"),
        "married": _("Married"),
        "widowed": _("Widowed"),
        "divorced": _("Divorced"),
    },
    "vital_status": {"alive": _("Yes"), "dead": _("No")},
    "property_regime": {
        "community": _("Community of property"),
        "limited_community": _("Limited community of acquests"),
        "separation": _("Separation of property"),
    },
}

IDENTITY = ("family_name", "given_names", "born_on")

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

_JUDGMENT = re.compile(r"judgment_(?P<number>\d+)_(?P<what>[a-z]+)")


@dataclass(frozen=True)
class Place:
    """An area as people read it, and its path of codes from the top."""

    line: str
    path: str


@dataclass(frozen=True)
class Part:
    """A few words of a cell; those that differ are shown in bold."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Row:
    """One fact: its label, what was given ("" where it was not asked), what the register says."""

    code: str
    label: Text
    given: str
    register: tuple[Part, ...]
    differs: bool


@dataclass(frozen=True)
class Holder:
    """Who the applicant has proved to be; the values have the codes of a register's facts."""

    national_id: str
    facts: Mapping[str, str]


def facts_of(entry: Entry) -> dict[str, str]:
    """Return the entry's facts by code."""
    return dict(entry.facts) if isinstance(entry, ActEntry) else entry.facts()


def is_about(entry: Entry, holder: Holder) -> bool:
    """Say whether the register's entry is this person's own."""
    return holder.national_id in entry.national_ids


def is_dead(entry: Entry) -> bool:
    """Say whether the register holds that the person has died: nobody's paper is made any more."""
    return isinstance(entry, PersonEntry) and entry.vital_status == "dead"


def compare(
    definition: Definition,
    given: Mapping[str, object],
    entry: Entry,
    holder: Holder,
    *,
    language: str,
    place: Callable[[str], Place | None],
) -> list[Row]:
    """Return one row a fact of the register, in the register's order."""
    facts = facts_of(entry)
    proved = _proved(entry, holder)
    rows = []
    for code, fact in facts.items():
        if f"{code}_code" in facts:
            continue  # The same place in words: the code's row shows it.
        field = definition.fields.get(code)
        answer = given.get(code) if field else proved.get(code)
        rows.append(_row(code, field, answer, fact, language=language, place=place))
    return rows


def differs(rows: list[Row]) -> bool:
    return any(row.differs for row in rows)


def _proved(entry: Entry, holder: Holder) -> dict[str, str]:
    """Return who the holder is under the codes that the entry uses for her."""
    prefix = ""
    if isinstance(entry, ActEntry) and entry.kind == "marriage" and is_about(entry, holder):
        prefix = f"spouse_{entry.national_ids.index(holder.national_id) + 1}_"
    return {f"{prefix}{code}": holder.facts[code] for code in IDENTITY if code in holder.facts}


def _row(
    code: str,
    field: Field | None,
    answer: object,
    fact: str,
    *,
    language: str,
    place: Callable[[str], Place | None],
) -> Row:
    told = _teller(code, field, language=language, place=place)
    label = (field.labels.get(language) or field.labels.get("en")) if field else None
    given = "" if answer in (None, "") else str(answer)
    unequal = bool(given) and not _same(code, given, fact, place=place)
    shown_given, shown_fact = told(given), told(fact)
    return Row(
        code=code,
        label=label or LABELS.get(code) or _judgment_label(code) or code,
        given=shown_given,
        register=_marked(shown_given, shown_fact) if unequal else (Part(shown_fact, False),),
        differs=unequal,
    )


def _judgment_label(code: str) -> str:
    """Return "Judgment 2: court" of "judgment_2_court"; "" of anything else."""
    found = _JUDGMENT.fullmatch(code)
    if found is None:
        return ""
    what = _JUDGMENT_LABELS.get(found["what"], found["what"])
    return gettext("Judgment %(number)s: %(what)s") % {"number": found["number"], "what": what}


def _same(code: str, given: str, fact: str, *, place: Callable[[str], Place | None]) -> bool:
    if code.endswith("_code"):
        return _same_place(place(given), place(fact)) or given == fact
    if code in WORDS or _ISO_DATE.fullmatch(fact):
        return given == fact
    return same_name(given, fact)


def _same_place(one: Place | None, other: Place | None) -> bool:
    """A place in the other is the same place, told more or less exactly."""
    if one is None or other is None:
        return False
    return f"{one.path}/".startswith(f"{other.path}/") or f"{other.path}/".startswith(
        f"{one.path}/"
    )


def _teller(
    code: str, field: Field | None, *, language: str, place: Callable[[str], Place | None]
) -> Callable[[str], str]:
    def told(value: str) -> str:
        if code.endswith("_code") and (found := place(value)):
            return found.line
        if _ISO_DATE.fullmatch(value):
            return formats.date_format(date.fromisoformat(value), "j F Y")
        for option in field.options if field else ():
            if option.value == value:
                return option.labels.get(language) or option.labels.get("en") or value
        return str(WORDS.get(code, {}).get(value, value))

    return told


def _marked(given: str, fact: str) -> tuple[Part, ...]:
    """Return the register's words, those that the given text has not got marked."""
    old, new = given.split(), fact.split()
    parts = []
    for kind, _a, _b, start, end in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if words := " ".join(new[start:end]):
            parts.append(Part(words, kind != "equal"))
    # Where only something was left out, nothing of the register's words differs by itself.
    return tuple(parts) if any(part.differs for part in parts) else (Part(fact, True),)
