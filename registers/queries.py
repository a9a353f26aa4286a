"""What can be asked of the entries that papers cite."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime

from registers.models import CitedEntry


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


def cited_entry(cited_entry_id: int) -> CitedEntryView:
    """:raises CitedEntry.DoesNotExist: if there is none"""
    row = CitedEntry.objects.get(pk=cited_entry_id)
    return CitedEntryView(
        id=row.pk,
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
