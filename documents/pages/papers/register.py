"""What the register says now of what a paper rests on: asked by a page, 2 s at most."""

from collections.abc import Mapping
from dataclasses import dataclass

from documents import facts as register_facts
from documents.composing import first_language
from documents.models import Paper
from documents.pages.papers.showing import in_words
from documents.rendering import Template, newest
from registers import gateways
from registers import operations as registers
from registers import queries as register_queries
from registers.entries import ActEntry, Entry
from registers.gateways import RegisterUnavailable
from registers.queries import CitedEntryView


@dataclass(frozen=True)
class Difference:
    """One fact as the paper says it and as the register says it now."""

    label: str
    before: str
    now: str

    @property
    def differs(self) -> bool:
        return self.before != self.now


@dataclass(frozen=True)
class Now:
    """
    The entry as it is now, beside the paper; `key` names exactly this reading.

    `available` is False where the register did not answer; without an entry it holds none.
    """

    available: bool
    kind: str = ""
    entry: Entry | None = None
    key: str = ""
    rows: tuple[Difference, ...] = ()
    denied: bool = False


def read(paper: Paper) -> Now:
    """Ask the register for the entry that the paper cites. Outside any transaction."""
    cited = register_queries.cited_entry(paper.cited_entry_id or 0)
    try:
        entry = _entry(cited)
    except RegisterUnavailable:
        return Now(available=False)
    if entry is None:
        return Now(available=True)
    facts = dict(entry.facts) if isinstance(entry, ActEntry) else entry.facts()
    key = registers.facts_sha256(facts)
    template = newest(paper.paper_type)
    try:
        would_say = register_facts.from_entry(
            template,
            paper.kind,
            _as_cited(cited, facts),
            first_language(template, paper.language),
        )
    except register_facts.REFUSALS:
        return Now(available=True, kind=cited.kind, entry=entry, key=key, denied=True)
    rows = tuple(compare(template, paper.facts, would_say))
    return Now(available=True, kind=cited.kind, entry=entry, key=key, rows=rows)


def compare(
    template: Template, before: Mapping[str, str], now: Mapping[str, str]
) -> list[Difference]:
    """Return every fact of either, in the order of the paper."""
    old, new = dict(in_words(template, before)), dict(in_words(template, now))
    order = [label for label, _value in in_words(template, {**before, **now})]
    return [Difference(label, old.get(label, ""), new.get(label, "")) for label in order]


def _entry(cited: CitedEntryView) -> Entry | None:
    """An act is found by its place in the register, what is held of a person by her number."""
    place = (cited.office_code, cited.year, cited.volume, cited.act_number)
    for number in cited.national_ids[:1]:
        for entry in gateways.entries(register=cited.kind, national_id=number):
            if not isinstance(entry, ActEntry) or place == (
                entry.office_code,
                entry.year,
                entry.volume,
                entry.act_number,
            ):
                return entry
    return None


def _as_cited(cited: CitedEntryView, facts: dict[str, str]) -> CitedEntryView:
    """The entry as it would be cited, so that it can be looked at before it is."""
    return CitedEntryView(**{**vars(cited), "facts": facts})
