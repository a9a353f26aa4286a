"""Erasures as pages show them: who is to be forgotten, how far that is, and what keeps her data."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.models import Account, Erasure
from accounts.policies import Scope
from accounts.states import ERASURE_OPEN
from kernel import erasing
from kernel.erasing import Reason
from places import queries as places

LISTED_MAX = 200


@dataclass(frozen=True)
class ErasureView:
    """One erasure. `document_words` is empty where she asked herself."""

    id: int
    person_id: int
    name: str = field(repr=False)
    state: str
    state_words: str
    by_term: bool
    document_words: str
    reason: str = field(repr=False)
    asked_by_id: int | None
    asked_by: str = field(repr=False)
    office_id: int | None  # Of the officer who asked; None where she did herself.
    asked_at: datetime
    because: str = field(repr=False)
    due_at: datetime | None
    kept: tuple[Reason, ...]
    tombstone_id: int | None
    worked_here: bool  # Under a closed account: her name as an officer stays.

    @property
    def is_open(self) -> bool:
        """Whether it can be taken back."""
        return self.state in ERASURE_OPEN


@dataclass(frozen=True)
class Told:
    """Whom a message about an erasure is for, and what it says."""

    person_id: int
    state: str
    by_term: bool
    due_at: datetime | None


def one(erasure_id: int) -> ErasureView | None:
    return next(iter(_views(pk=erasure_id)), None)


def newest_of(person_id: int) -> ErasureView | None:
    """Return her newest erasure, whatever came of it, or None."""
    return next(iter(_views(person_id=person_id)), None)


def listed(scopes: list[Scope] | None) -> list[ErasureView]:
    """
    Return the newest first, what waits before what is over.

    :param scopes: where she may ask for others: hers are those of these offices; None: all
    """
    which: dict[str, object] = {}
    codes = {scope.area_code for scope in scopes or []}
    if scopes is not None and None not in codes:
        offices = places.offices_within({code for code in codes if code})
        which["asked_by__office_id__in"] = set().union(*offices.values())
    found = _views(**which)
    return sorted(found, key=lambda one: not one.is_open)


def area_of(one: ErasureView) -> str | None:
    """Return the area of the office where it was asked for, or None."""
    area = places.office(one.office_id).area if one.office_id is not None else None
    return area.code if area is not None else None


def told(erasure_id: int) -> Told:
    """:raises accounts.models.Erasure.DoesNotExist: if there is none"""
    row = Erasure.objects.get(pk=erasure_id)
    return Told(row.person_id, row.state, row.by_term, row.due_at)


def _views(**which: object) -> list[ErasureView]:
    hers = Account.objects.filter(person=OuterRef("person"))
    rows = Erasure.objects.filter(**which).select_related("person", "asked_by")
    rows = rows.annotate(worked_here=Exists(hers))
    return [_view(row) for row in rows.order_by("-pk")[:LISTED_MAX]]


def _view(row: Erasure) -> ErasureView:
    person, by = row.person, row.asked_by
    return ErasureView(
        id=row.pk,
        person_id=row.person_id,
        name=f"{person.given_names} {person.family_name}".strip(),
        state=row.state,
        state_words=row.get_state_display(),
        by_term=row.by_term,
        document_words=row.get_document_display() if row.document else "",
        reason=row.reason,
        asked_by_id=row.asked_by_id,
        asked_by="" if by is None else by.display_name or by.email or "",
        office_id=None if by is None else by.office_id,
        asked_at=row.asked_at,
        because=row.because,
        due_at=row.due_at,
        kept=tuple(erasing.told(row.kept_by)),
        tombstone_id=row.tombstone_id,
        worked_here=bool(getattr(row, "worked_here", False)),
    )
