"""
What papers say: one file a type and version, in each language it was written in.

A template that has issued a paper is never edited; the next version stands beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Words = Mapping[str, str]

_FOLDER = Path(__file__).parent / "wordings"


class UnknownPaperType(Exception):
    """No template has this type and version."""


@dataclass(frozen=True)
class Row:
    """One line of facts, or the same fact of several persons; form is name, text, date, choice."""

    facts: tuple[str, ...]
    labels: Words
    form: str
    choices: Mapping[str, Words]
    kinds: tuple[str, ...]  # Empty: on papers of every kind.
    optional: bool


@dataclass(frozen=True)
class Template:
    paper_type: str
    version: int
    prefix: str
    register: str
    titles: Words
    statement: Words
    statement_sealed: Words
    holders: tuple[tuple[str, ...], ...]  # The facts that name each person it is about.
    requires: Mapping[str, str]
    columns: tuple[Words, ...]
    rows: tuple[Row, ...]
    common: Mapping[str, Any]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.statement)

    def facts_for(self, kind: str) -> list[str]:
        """Return the names of the facts that a paper of this kind shows."""
        return [fact for row in self.rows_for(kind) for fact in row.facts]

    def required_for(self, kind: str) -> list[str]:
        return [fact for row in self.rows_for(kind) if not row.optional for fact in row.facts]

    def rows_for(self, kind: str) -> list[Row]:
        return [row for row in self.rows if not row.kinds or kind in row.kinds]

    def pair(self, wanted: str, country_languages: tuple[str, ...]) -> tuple[str, str]:
        """
        Return the two languages of a paper: the one asked for where the template has it, and the
        country's next.
        """
        order = [wanted, *country_languages, *self.languages]
        known = [language for language in dict.fromkeys(order) if language in self.languages]
        return known[0], known[1] if len(known) > 1 else known[0]


def newest(paper_type: str) -> Template:
    """
    Return the newest template of a type.

    :raises UnknownPaperType: if there is none
    """
    versions = [version for known, version in _known() if known == paper_type]
    if not versions:
        raise UnknownPaperType(paper_type)
    return template(paper_type, max(versions))


@cache
def template(paper_type: str, version: int) -> Template:
    """
    :raises UnknownPaperType: if no file has this type and version
    """
    if (paper_type, version) not in _known():
        raise UnknownPaperType(f"{paper_type} {version}")
    raw = _read(f"{paper_type}_{version}")
    return Template(
        paper_type=raw["type"],
        version=raw["version"],
        prefix=raw["prefix"],
        register=raw["register"],
        titles=raw["titles"],
        statement=raw["statement"],
        statement_sealed=raw["statement_sealed"],
        holders=tuple(tuple(each) for each in raw["holders"]),
        requires=raw.get("requires", {}),
        columns=tuple(raw.get("columns", ())),
        rows=tuple(
            Row(
                facts=tuple(row.get("facts") or [row["fact"]]),
                labels=row["labels"],
                form=row["form"],
                choices=row.get("choices", {}),
                kinds=tuple(row.get("kinds", ())),
                optional=row.get("optional", False),
            )
            for row in raw["rows"]
        ),
        common=_read(f"common_{raw['common']}"),
    )


@cache
def _known() -> frozenset[tuple[str, int]]:
    names = (file.stem.rpartition("_") for file in _FOLDER.glob("*.yaml"))
    return frozenset((name, int(version)) for name, _, version in names if name != "common")


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return data
