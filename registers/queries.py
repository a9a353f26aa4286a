"""What can be asked of the entries that papers cite, and of what registers told afterwards."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from registers.entries import ACTS, CRIMINAL, POPULATION
from registers.indexes import person_indexes
from registers.models import (
    CitedEntry,
    EntryPerson,
    EventPerson,
    Feed,
    PaperEntry,
    RegisterEvent,
    Relative,
)

# What a register recorded so long before it was asked it had at hand, however slow its clock.
KNEW_AFTER = timedelta(minutes=15)
_KEEPER: dict[str, str] = {
    **dict.fromkeys(ACTS, Feed.Name.CIVIL),
    POPULATION: Feed.Name.POPULATION,
    CRIMINAL: Feed.Name.CRIMINAL,
}


@dataclass(frozen=True, kw_only=True)
class CitedEntryView:
    """A cited entry, whole. Whoever shows it to a person records the reading (kernel.audit)."""

    id: int
    kind: str
    source: str
    office_id: int | None
    office_code: str
    year: int | None
    volume: str
    act_number: str
    registered_on: date | None
    facts: dict[str, str] = field(repr=False)
    facts_sha256: str
    national_ids: tuple[str, ...] = field(repr=False)
    cited_at: datetime


@dataclass(frozen=True, kw_only=True)
class EventView:
    """
    What a register told: kind is death, marriage, move or correction.

    `entry_kind` names which kind of entry was corrected. Whom it concerns is not told.
    `is_since`: it was recorded after the entry was cited. Else it was told by another register
    than the one that was asked, or about when that was: the entry may know of it or not.
    """

    id: int
    kind: str
    entry_kind: str
    happened_on: date
    recorded_at: datetime
    is_since: bool = True


def event(event_id: int) -> EventView:
    """:raises RegisterEvent.DoesNotExist: if there is none"""
    return _event(RegisterEvent.objects.get(pk=event_id))


def entries_concerned(event_id: int) -> list[int]:
    """Return the entries of the event's persons that may not know of it (`EventView.is_since`)."""
    told = RegisterEvent.objects.select_related("feed").get(pk=event_id)
    rows = CitedEntry.objects.filter(
        people__person_index__in=EventPerson.objects.filter(event_id=event_id).values(
            "person_index"
        )
    )
    moments = set(rows.values_list("pk", "kind", "cited_at"))
    return sorted(pk for pk, kind, at in moments if not _knew(kind, at, told))


def events_not_known(cited_entry_id: int) -> list[EventView]:
    """Return the events of the entry's persons that it may not know of, the oldest first."""
    kind, cited_at = CitedEntry.objects.values_list("kind", "cited_at").get(pk=cited_entry_id)
    rows = RegisterEvent.objects.filter(
        people__person_index__in=EntryPerson.objects.filter(entry_id=cited_entry_id).values(
            "person_index"
        )
    ).select_related("feed")
    return [
        _event(row, is_since=_recorded_at(row) > cited_at)
        for row in rows.order_by("recorded_at", "pk").distinct()
        if not _knew(kind, cited_at, row)
    ]


def is_told_of(cited_entry_id: int) -> bool:
    """Tell whether registers have told anything of the entry's persons, at any time."""
    people = EntryPerson.objects.filter(entry_id=cited_entry_id)
    return EventPerson.objects.filter(person_index__in=people.values("person_index")).exists()


def _knew(kind: str, cited_at: datetime, event: RegisterEvent) -> bool:
    """Say whether the register that was asked knew of the event: it is the one that tells it."""
    return _KEEPER[kind] == event.feed.name and (
        event.read_at <= cited_at or event.recorded_at + KNEW_AFTER <= cited_at
    )


def _recorded_at(event: RegisterEvent) -> datetime:
    """It was recorded before we read of it, whatever a fast clock says."""
    return min(event.recorded_at, event.read_at)


def is_same_entry(cited_entry_id: int, earlier_id: int | None) -> bool:
    """
    Tell whether both cite one entry: of the same place in the register, or of the same persons.

    Either may have been corrected meanwhile; `documents_same_entry` says it in PostgreSQL.
    """
    if earlier_id is None:
        return False
    one, earlier = (CitedEntry.objects.get(pk=each) for each in (cited_entry_id, earlier_id))
    if one.kind != earlier.kind:
        return False
    if one.act_number and _place(one) == _place(earlier):
        return True
    persons, before = (
        {bytes(index) for index in entry.people.values_list("person_index", flat=True)}
        for entry in (one, earlier)
    )
    return bool(persons) and persons == before


def _place(entry: CitedEntry) -> tuple[str, int | None, str, str]:
    return entry.office_code, entry.year, entry.volume, entry.act_number


def is_about(*, cited_entry_id: int, national_id: str) -> bool:
    """Tell whether the entry concerns the person with this number."""
    people = EntryPerson.objects.filter(entry_id=cited_entry_id)
    return people.filter(person_index__in=person_indexes([national_id])).exists()


def cited_entry(cited_entry_id: int) -> CitedEntryView:
    """:raises CitedEntry.DoesNotExist: if there is none"""
    return view_of(CitedEntry.objects.get(pk=cited_entry_id))


def scan_of(cited_entry_id: int) -> str | None:
    """Return the SHA-256 of the scan of an entry that was cited from paper; None of any other."""
    found = PaperEntry.objects.filter(entry_id=cited_entry_id)
    return found.values_list("scan_id", flat=True).first()


def is_cited(scan_sha256: str) -> bool:
    """Say whether a file is the scan of an entry that was cited from paper."""
    return PaperEntry.objects.filter(scan_id=scan_sha256).exists()


def cited_entries(cited_entry_ids: Collection[int]) -> dict[int, CitedEntryView]:
    """Return these entries by id, by one query."""
    rows = CitedEntry.objects.in_bulk(set(cited_entry_ids))
    return {entry_id: view_of(row) for entry_id, row in rows.items()}


def view_of(row: CitedEntry) -> CitedEntryView:
    return CitedEntryView(
        id=row.pk or 0,
        kind=row.kind,
        source=row.source,
        office_id=row.office_id,
        office_code=row.office_code,
        year=row.year,
        volume=row.volume,
        act_number=row.act_number,
        registered_on=row.registered_on,
        facts=row.facts,
        facts_sha256=row.facts_sha256,
        national_ids=tuple(json.loads(row.national_ids)),
        cited_at=row.cited_at,
    )


def _event(row: RegisterEvent, *, is_since: bool = True) -> EventView:
    return EventView(
        id=row.pk,
        kind=row.kind,
        entry_kind=row.entry_kind,
        happened_on=row.happened_on,
        recorded_at=row.recorded_at,
        is_since=is_since,
    )


def family_of(indexes: Collection[bytes]) -> dict[bytes, set[int]]:
    """
    Return of which members of staff these persons are parent, child or spouse, by one query.

    :return: for each index of which there are any, the ids of the persons of staff
    """
    found: dict[bytes, set[int]] = {}
    rows = Relative.objects.filter(person_index__in=indexes)
    for index, person_id in rows.values_list("person_index", "family__person"):
        found.setdefault(bytes(index), set()).add(person_id)
    return found
