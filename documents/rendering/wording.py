"""
What papers say: one file a type and version, in each language it was written in.

A template that has issued a paper is never edited, but for keys that draw nothing; the next
version stands beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Words = Mapping[str, str]

CERTIFICATE = "certificate"
_FOLDER = Path(__file__).parent / "wordings"


class UnknownPaperType(Exception):
    """No template has this type and version."""


@dataclass(frozen=True)
class Row:
    """
    One line of facts, or the same fact of several persons.

    The form is name, text, date, short_date, moment, short_moment, time (of a moment), choice, or
    country (of a code by ISO 3166-1).
    """

    facts: tuple[str, ...]
    labels: Words
    form: str
    choices: Mapping[str, Words]
    kinds: tuple[str, ...]  # Empty: on papers of every kind.
    optional: bool


@dataclass(frozen=True)
class Column:
    """One column of a table; `share` is of the width, in hundredths."""

    row: Row  # Its only fact is the name behind "judgment_3_".
    share: int
    align: str


@dataclass(frozen=True)
class Table:
    """
    Things of which a paper may list any number: judgments, things handed in, desks.

    The fact `count` says how many there are, so that silence is never read as none; those of the
    third are named `prefix_3_column`.
    """

    count: str
    prefix: str
    title: Words
    none: Words  # What is said where there are none.
    columns: tuple[Column, ...]
    rows_max: int  # 0: no limit.
    over_pages: bool

    def fact(self, number: int, column: Column) -> str:
        return f"{self.prefix}_{number}_{column.row.facts[0]}"


@dataclass(frozen=True)
class Note:
    """A sentence below the facts; `without` names the fact in whose absence alone it is said."""

    words: Words
    without: str


@dataclass(frozen=True)
class Template:
    paper_type: str
    version: int
    prefix: str
    register: str  # "" on a slip.
    titles: Words
    statement: Words
    statement_sealed: Words
    statement_open: Words  # Said where a fact that the statement names is not known.
    holders: tuple[tuple[str, ...], ...]  # The facts that name each person it is about.
    requires: Mapping[str, str]
    columns: tuple[Words, ...]
    rows: tuple[Row, ...]
    common: Mapping[str, Any]
    kinds: Mapping[str, Words]  # The kinds it offers, with their titles; empty: every kind.
    is_slip: bool
    table: Table | None
    notes: tuple[
        Note, ...
    ]  # "{fact}" stands for what the fact says; unknown, the note is not said.
    core: tuple[str, ...]  # Facts on the code beside holders' names and dates of birth.
    ends_by: tuple[str, ...]  # Register events after which it is no longer true.
    attach_facts: bool  # The facts lie in the file as JSON too (PDF/A-3).

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.statement)

    @property
    def many_pages(self) -> bool:
        """Say whether its table may go on over pages; every other paper is one sheet."""
        return self.table is not None and self.table.over_pages

    def offers(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds

    def titles_for(self, kind: str) -> Words:
        return self.kinds.get(kind) or self.titles

    def facts_for(self, kind: str) -> list[str]:
        """Return the names of the facts that a paper of this kind shows, its table left out."""
        named = [fact for row in self.rows_for(kind) for fact in row.facts]
        return [*named, self.table.count] if self.table else named

    def required_for(self, kind: str) -> list[str]:
        named = [fact for row in self.rows_for(kind) if not row.optional for fact in row.facts]
        return [*named, self.table.count] if self.table else named

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
    :raises UnknownPaperType: if no file has this type
    """
    versions = [version for name, version in _known() if name == paper_type]
    if not versions:
        raise UnknownPaperType(paper_type)
    return template(paper_type, max(versions))


def paper_types() -> list[str]:
    """Return every type of paper that can be drawn for an applicant, in order."""
    return sorted({name for name, version in _known() if newest(name).register})


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
        register=raw.get("register", ""),
        titles=raw["titles"],
        statement=raw["statement"],
        statement_sealed=raw.get("statement_sealed", raw["statement"]),
        statement_open=raw.get("statement_open", raw["statement"]),
        holders=tuple(tuple(each) for each in raw.get("holders", ())),
        requires=raw.get("requires", {}),
        columns=tuple(raw.get("columns", ())),
        rows=tuple(_row(row) for row in raw["rows"]),
        common=_read(f"common_{raw['common']}"),
        kinds=raw.get("kinds", {}),
        is_slip=raw.get("slip", False),
        table=_table(raw["table"]) if "table" in raw else None,
        notes=tuple(_note(each) for each in raw.get("notes", ())),
        core=tuple(raw.get("core", ())),
        ends_by=tuple(raw.get("ends_by", ())),
        attach_facts=raw.get("attach_facts", False),
    )


def known() -> list[tuple[str, int]]:
    """Return every type and version that there is a file of."""
    return sorted(_known())


def _row(raw: Mapping[str, Any]) -> Row:
    return Row(
        facts=tuple(raw.get("facts") or [raw["fact"]]),
        labels=raw["labels"],
        form=raw["form"],
        choices=raw.get("choices", {}),
        kinds=tuple(raw.get("kinds", ())),
        optional=raw.get("optional", False),
    )


def _note(raw: Mapping[str, str]) -> Note:
    words = {language: text for language, text in raw.items() if language != "without"}
    return Note(words, raw.get("without", ""))


def _table(raw: Mapping[str, Any]) -> Table:
    return Table(
        count=raw["count"],
        prefix=raw["prefix"],
        title=raw["title"],
        none=raw["none"],
        columns=tuple(
            Column(row=_row(each), share=each["share"], align=each.get("align", "left"))
            for each in raw["columns"]
        ),
        rows_max=raw.get("rows_max", 0),
        over_pages=raw.get("over_pages", False),
    )


@cache
def _known() -> frozenset[tuple[str, int]]:
    names = (file.stem.rpartition("_") for file in _FOLDER.glob("*.yaml"))
    return frozenset((name, int(version)) for name, _, version in names if name != "common")


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return data
