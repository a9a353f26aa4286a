"""Keep what a register said, so that a paper can always name what it rests on."""

import hashlib
import json
from datetime import date, datetime

from django.db import transaction

from places import queries as places
from registers.entries import ActEntry, CriminalEntry, Entry, PersonEntry
from registers.indexes import person_indexes
from registers.models import CitedEntry, EntryPerson
from registers.queries import CitedEntryView, view_of


class WrongEntry(Exception):
    """The kind that is cited is not the kind of the entry, or its source cannot be."""


def cite(*, kind: str, entry: Entry, at: datetime, source: str | None = None) -> CitedEntry:
    """
    Keep the entry as it was read, word for word, and return the row that papers point to.

    :param kind: "birth" or "marriage" for an act, "population" for a person's entry, "criminal"
        for what the criminal register holds of her
    :param source: "paper" for an act copied from a paper register, which goes through `cite_paper`
        and has its scan; else from the entry itself
    :raises WrongEntry: where kind, source and entry do not belong together
    """
    cited = _row(kind, entry, source or _source_of(entry), at)
    with transaction.atomic():
        cited.save()
        EntryPerson.objects.bulk_create(
            EntryPerson(entry=cited, person_index=index)
            for index in person_indexes(entry.national_ids)
        )
    return cited


def as_cited(*, kind: str, entry: Entry, at: datetime) -> CitedEntryView:
    """
    Return the entry as it would be cited; nothing is kept, and its id is 0.

    :raises WrongEntry: as `cite`
    """
    return view_of(_row(kind, entry, _source_of(entry), at))


def facts_sha256(facts: dict[str, str]) -> str:
    """Return the SHA-256, in hex, of the facts as JSON with sorted keys and no spaces."""
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _row(kind: str, entry: Entry, source: str, at: datetime) -> CitedEntry:
    place: dict[str, str | int | date | None]
    if isinstance(entry, PersonEntry):
        fits = kind == CitedEntry.Kind.POPULATION and source == CitedEntry.Source.POPULATION
        facts, place = entry.facts(), {}
    elif isinstance(entry, CriminalEntry):
        fits = kind == CitedEntry.Kind.CRIMINAL and source == CitedEntry.Source.GATEWAY
        facts, place = entry.facts(), {}
    else:
        fits = kind == entry.kind and source in (CitedEntry.Source.GATEWAY, CitedEntry.Source.PAPER)
        facts, place = dict(entry.facts), _place_in_register(entry)
    if not fits:
        raise WrongEntry(f"{kind} from {source}")
    return CitedEntry(
        kind=kind,
        source=source,
        facts=facts,
        facts_sha256=facts_sha256(facts),
        national_ids=json.dumps(entry.national_ids),
        cited_at=at,
        **place,
    )


def _source_of(entry: Entry) -> str:
    if isinstance(entry, PersonEntry):
        return CitedEntry.Source.POPULATION
    return CitedEntry.Source.GATEWAY


def _place_in_register(entry: ActEntry) -> dict[str, str | int | date | None]:
    return {
        "office_id": _office_id(entry.office_code),
        "office_code": entry.office_code,
        "year": entry.year,
        "volume": entry.volume,
        "act_number": entry.act_number,
        "registered_on": entry.registered_on,
    }


def _office_id(code: str) -> int | None:
    """Return our office by the register's code, which may be its area's; None: we have none."""
    try:
        return places.office_by_code(code).pk
    except places.NoOffice:
        pass
    try:
        return places.office_for(code, places.area(code).level_name).pk
    except (places.NoArea, places.NoOffice):
        # The code itself is kept: the entry is no less true for an office that we do not list.
        return None
