"""
What a register is asked about answers, and whether it agrees. Pure.

It is asked about what somebody typed herself, and only whether that is so: whoever types another
person's number learns nothing but that her own words fit, or do not.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from catalogue import conditions
from catalogue.definition import Definition
from catalogue.parts import Field
from registers.entries import POPULATION, ActEntry, PersonEntry
from registers.matching import same_name


@dataclasses.dataclass(frozen=True)
class Question:
    """
    One field with the answers that a register is asked about. They are in no log.

    `register` is "population", a kind of act, or `PAPERS`; without a `national_id` the applicant
    is meant.
    """

    field: Field
    register: str
    national_id: str = dataclasses.field(repr=False)
    typed: Mapping[str, str] = dataclasses.field(repr=False)  # By the code of the field.

    @property
    def code(self) -> str:
        return self.field.code


def questions(definition: Definition, answers: Mapping[str, object]) -> Iterator[Question]:
    """Yield what can be asked with these answers: nothing where an answer that it needs lacks."""
    given = conditions.kept(definition, answers)
    for asked in definition.lookups:
        lookup = asked.lookup
        if lookup is None:
            continue
        typed = {code: conditions.said(given.get(code)) for code in (asked.code, *lookup.fields)}
        if not typed[asked.code]:
            continue
        if asked.type == "person":
            if any(typed[code] for code in lookup.fields):
                yield Question(asked, POPULATION, typed[asked.code], typed)
        elif not lookup.person or typed[lookup.person]:
            yield Question(asked, lookup.register, typed.get(lookup.person, ""), typed)


def concerns(question: Question, codes: Collection[str]) -> bool:
    """Say whether one of these answers is part of the question."""
    return not question.typed.keys().isdisjoint(codes)


def is_person(question: Question, entry: PersonEntry | None) -> bool:
    """Say whether all that was typed of the person is hers; nobody of that number is no."""
    lookup = question.field.lookup
    if entry is None or lookup is None:
        return False
    name, born = question.typed.get(lookup.name, ""), question.typed.get(lookup.born, "")
    return (not name or _is_named(name, entry)) and (not born or _is_born(born, entry.born_on))


def is_record(question: Question, acts: Collection[ActEntry]) -> bool:
    """Say whether one of the acts has the number that was typed, as "2019/3/142"."""
    year, volume, number = question.typed[question.code].split("/")
    return any(
        int(year) == act.year
        and _plain(volume) == _plain(act.volume)
        and _plain(number) == _plain(act.act_number)
        for act in acts
    )


def masked(name: str) -> str:
    """Return a name that was typed as it may stand on a page: "Umutesi Jean" is "U****** J***"."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())


def _is_named(typed: str, entry: PersonEntry) -> bool:
    family, given = entry.family_name, entry.given_names
    names = (family, f"{family} {given}", f"{given} {family}")
    return any(same_name(typed, name) for name in names)


def _is_born(typed: str, born_on: date) -> bool:
    """Compare with a whole day, or with a year alone."""
    return typed in {born_on.isoformat(), str(born_on.year)}


def _plain(number: str) -> str:
    return number.strip().casefold().lstrip("0")
