"""A paper says only what the register says: its facts are taken from the cited entry."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping

from documents.rendering import Template
from places import queries as places
from registers.queries import CitedEntryView


class FactsMissing(Exception):
    """The register's entry lacks what this paper must say; the message names the facts."""


class FactsDiffer(Exception):
    """What was asked to be printed is not what the entry says; the message names the facts."""


class FactsRefuse(Exception):
    """The register says the contrary of what this paper states; the message names the fact."""


def from_entry(
    template: Template, kind: str, entry: CitedEntryView, language: str
) -> dict[str, str]:
    """
    Return what a paper of this kind shows and nothing more, in NFC; places are named.

    :raises FactsRefuse: if the entry contradicts the paper (a certificate of being single for
        somebody whom the register calls married), or is of another register
    :raises FactsMissing: if it lacks a fact that the paper must show
    """
    if entry.kind != template.register:
        raise FactsRefuse("register")
    for fact, needed in template.requires.items():
        if entry.facts.get(fact) != needed:
            raise FactsRefuse(fact)
    facts = {fact: _value(entry, fact, language) for fact in template.facts_for(kind)}
    missing = [fact for fact in template.required_for(kind) if not facts[fact]]
    if missing:
        raise FactsMissing(", ".join(missing))
    return {fact: value for fact, value in facts.items() if value}


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


def sha256(facts: Mapping[str, str]) -> str:
    """Return the hash of the facts as sorted, compact JSON in UTF-8."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _value(entry: CitedEntryView, fact: str, language: str) -> str:
    stated = _clean(entry.facts.get(fact, ""))
    code = entry.facts.get(f"{fact}_code", "")
    if stated or not code:
        return stated
    try:
        return places.area_line(code, language)
    except places.NoArea:
        # An area of a division that is gone: the code is what the register holds.
        return code


def _clean(value: str) -> str:
    return unicodedata.normalize("NFC", " ".join(value.split()))
