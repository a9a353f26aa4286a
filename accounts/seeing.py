"""
Looks of officers at a person herself, not at a case: told to her beside those at her cases.

They stand in the trace that nobody can edit, under the person who was seen: one truth for her and
for auditors.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kernel import audit
from kernel.models import AuditEntry
from places import queries as places

ACT = "person.looked"
SUBJECT = "accounts.person"
ONCE_IN = timedelta(minutes=10)
"""A page that is loaded anew is no new look."""
SHOWN_MAX = 20


class Seen(models.TextChoices):
    """What an officer at the counter saw of a person."""

    REQUEST = "request", _("Who wants to act for whom")
    PROOF = "proof", _("The order, or the birth certificate")
    GUARDIANS = "guardians", _("Who may act for you")
    PHONE = "phone", _("The change of a lost phone")
    ERASURE = "erasure", _("That you want to be forgotten here")


@dataclass(frozen=True)
class PersonLook:
    """By whom as an office, never by name."""

    at: datetime
    seen: str
    office: str


def look(*, person_ids: Iterable[int], account_id: int, seen: Seen, at: datetime) -> None:
    """Write down that an officer saw these persons, once in ten minutes each."""
    office_id = Account.objects.values_list("office_id", flat=True).get(pk=account_id)
    ids = set(person_ids)
    before = AuditEntry.objects.filter(
        act=ACT, subject=SUBJECT, subject_id__in=ids, actor_id=account_id, at__gt=at - ONCE_IN,
        detail__seen=seen.value,
    )  # fmt: skip
    for person_id in sorted(ids - set(before.values_list("subject_id", flat=True))):
        audit.record(
            act=ACT,
            actor_id=account_id,
            subject=SUBJECT,
            subject_id=person_id,
            detail={"seen": seen.value, "office_id": office_id},
            at=at,
        )


def looks_at(person_id: int, *, language: str) -> list[PersonLook]:
    """Return the newest looks at a person herself, at most `SHOWN_MAX`."""
    found = AuditEntry.objects.filter(act=ACT, subject=SUBJECT, subject_id=person_id)
    rows = list(found.order_by("-pk")[:SHOWN_MAX])
    ids = {row.detail["office_id"] for row in rows if row.detail["office_id"] is not None}
    names = {one.pk: one.told(language) for one in places.offices(ids)} if ids else {}
    return [
        PersonLook(
            row.at, str(Seen(row.detail["seen"]).label), names.get(row.detail["office_id"], "")
        )
        for row in rows
    ]
