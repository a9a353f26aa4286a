"""
Whose family an officer is: asked of the population register each day, and forgotten when she goes.

The row is its own queue. While the register is silent its last answer stands, and whoever
supervises is told once that it may be old.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from kernel import outbox
from registers.events import FamilyUnknown
from registers.indexes import person_indexes
from registers.models import Family, Relative

log = structlog.get_logger()

EVERY = timedelta(days=1)
AFTER_SILENCE = timedelta(minutes=10)
OLD_AFTER = timedelta(days=2)
"""An answer of longer ago is no answer any more: somebody is told."""


@dataclass(frozen=True)
class AskedFamily:
    """Whose family is to be asked for now, and by which of our rows."""

    family_id: int
    person_id: int


def look_after(*, person_ids: Collection[int], at: datetime) -> None:
    """Ask for the families of these, who are all our staff, and forget everybody else's."""
    wanted = set(person_ids)
    known = set(Family.objects.values_list("person", flat=True))
    if gone := known - wanted:
        Family.objects.filter(person__in=gone).delete()
    Family.objects.bulk_create(
        [Family(person=one, due_at=at) for one in sorted(wanted - known)], ignore_conflicts=True
    )


def claim_families(*, limit: int, now: datetime, until: datetime) -> list[AskedFamily]:
    """
    Take up to `limit` families that are due, and put each off: who dies need record nothing.
    """
    with transaction.atomic():
        rows = Family.objects.select_for_update(skip_locked=True).filter(due_at__lte=now)
        due = list(rows.order_by("due_at", "pk")[:limit])
        for family in due:
            family.due_at = max(until, now + AFTER_SILENCE)
            family.attempts += 1
        Family.objects.bulk_update(due, ["due_at", "attempts"])
    return [AskedFamily(family.pk, family.person) for family in due]


def keep_family(*, family_id: int, national_ids: Collection[str], at: datetime) -> None:
    """Keep who is family by the answer of now, as indexes, instead of what was told before."""
    with transaction.atomic():
        family = Family.objects.select_for_update().filter(pk=family_id).first()
        if family is None:
            return  # She has left meanwhile.
        told = set(person_indexes(national_ids))
        known = {bytes(one) for one in family.relatives.values_list("person_index", flat=True)}
        family.relatives.filter(person_index__in=known - told).delete()
        Relative.objects.bulk_create(
            Relative(family=family, person_index=index) for index in sorted(told - known)
        )
        family.told_at, family.due_at = at, at + EVERY
        family.attempts, family.warned_at = 0, None
        family.save(update_fields=["told_at", "due_at", "attempts", "warned_at"])


def record_no_family(*, family_id: int, trouble: str, at: datetime) -> None:
    """
    Record that the register gave no answer; `FamilyUnknown` tells of it once.

    :param trouble: a word for the log; it names no person
    """
    log.warning("register.family_unknown", family_id=family_id, trouble=trouble)
    with transaction.atomic():
        family = Family.objects.select_for_update().filter(pk=family_id).first()
        if family is None or family.warned_at is not None:
            return
        if family.told_at is not None and family.told_at > at - OLD_AFTER:
            return  # What it said yesterday stands.
        family.warned_at = at
        family.save(update_fields=["warned_at"])
        outbox.publish(FamilyUnknown(subject_id=family.person, occurred_at=at))
