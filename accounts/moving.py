"""Who moves from one phone to another, and how far that is."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import PhoneChange
from accounts.policies import Scope
from accounts.queries import ContactView
from places import queries as places

LISTED_MAX = 100
# A change that officers make: who stood before the first one has gone home after that.
MEND_LASTS = timedelta(days=1)
SHOWN_DIGITS = 3


@dataclass(frozen=True)
class Change:
    """A change that waits. `state`: unproven (the new number has shown nothing yet) or waiting."""

    id: int
    person_id: int
    name: str = field(repr=False)
    new_phone: str = field(repr=False)  # Its last digits.
    old_phone: str = field(repr=False)
    state: str
    at_counter: bool
    document_words: str
    note: str
    asked_by_id: int
    asked_by: str = field(repr=False)
    office_id: int | None
    asked_at: datetime
    effective_at: datetime | None


def masked(contact: ContactView | str) -> str:
    """Return a phone by its last digits: enough to know one's own."""
    value = contact if isinstance(contact, str) else contact.value
    return f"…{value[-SHOWN_DIGITS:]}"


def from_phone(contact_id: int) -> list[Change]:
    """Return the changes that would take somebody away from this phone."""
    return _changes(old_contact_id=contact_id)


def one(change_id: int) -> Change | None:
    """Return a change that waits, or None."""
    return next(iter(_changes(pk=change_id)), None)


def language_of(change_id: int) -> str:
    """Return in which language the person of a change is written to, as her old phone says."""
    rows = PhoneChange.objects.filter(pk=change_id)
    return rows.values_list("old_contact__language", flat=True).first() or ""


def to_mend(scopes: list[Scope], *, at: datetime) -> list[Change]:
    """Return what two officers mend in these areas now, the oldest first."""
    codes = {scope.area_code for scope in scopes}
    which: dict[str, object] = {"at_counter": True, "asked_at__gt": at - MEND_LASTS}
    if None not in codes:
        offices = places.offices_within({code for code in codes if code})
        which["asked_by__office_id__in"] = set().union(*offices.values())
    return _changes(**which)


def area_of(change: Change) -> str | None:
    """Return the area of the office where a change was asked for, or None."""
    area = places.office(change.office_id).area if change.office_id is not None else None
    return area.code if area is not None else None


def _changes(**which: object) -> list[Change]:
    rows = PhoneChange.objects.filter(done_at=None, stopped_at=None, **which)
    related = rows.select_related("person", "new_contact", "old_contact", "asked_by")
    return [_change(row) for row in related.order_by("asked_at")[:LISTED_MAX]]


def _change(row: PhoneChange) -> Change:
    person, asked_by = row.person, row.asked_by
    return Change(
        id=row.pk,
        person_id=row.person_id,
        name=f"{person.given_names} {person.family_name}".strip(),
        new_phone=masked(row.new_contact.value),
        old_phone=masked(row.old_contact.value),
        state="waiting" if row.proven_at else "unproven",
        at_counter=row.at_counter,
        document_words=row.get_document_display() if row.document else "",
        note=row.note,
        asked_by_id=row.asked_by_id,
        asked_by=asked_by.display_name or asked_by.email or "",
        office_id=asked_by.office_id,
        asked_at=row.asked_at,
        effective_at=row.effective_at,
    )


@dataclass(frozen=True)
class Told:
    """Which number is told of a change, and in which language."""

    person_id: int
    old_contact_id: int
    new_contact_id: int
    language: str
    at_counter: bool
    effective_at: datetime


def told(change_id: int) -> Told | None:
    """Return a change whose new number has shown itself, if it still waits."""
    rows = PhoneChange.objects.filter(done_at=None, stopped_at=None, proven_at__isnull=False)
    row = rows.select_related("old_contact").filter(pk=change_id).first()
    return _told(row) if row else None


def done(change_id: int) -> Told:
    """:raises accounts.models.PhoneChange.DoesNotExist: for a change that is not done"""
    rows = PhoneChange.objects.select_related("old_contact").exclude(done_at=None)
    return _told(rows.get(pk=change_id))


def _told(row: PhoneChange) -> Told:
    return Told(
        row.person_id,
        row.old_contact_id,
        row.new_contact_id,
        row.old_contact.language,
        row.at_counter,
        row.effective_at or row.asked_at,
    )
