"""What operators ask of papers: which wait for a machine, and which keys end soon. No holder."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from documents.models import Credential, Level, Paper, Proof, PublicList, RevocationSource
from documents.states import CredentialState, State

KEYS_MAX = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many papers wait for one machine, and since when the first of them does."""

    rows: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lists:
    """What verifiers fetch: how many lists are due and since when; which sources do not answer."""

    due: Waiting
    silent_sources: int


@dataclass(frozen=True, slots=True)
class KeyEnd:
    """A key that signs now, and until when. Its holder is named by the office alone, if at all."""

    credential_id: int
    purpose: str
    office_code: str
    not_after: datetime


def to_draw() -> Waiting:
    """Return the papers that wait to be drawn."""
    return _waiting(Q(state=State.REQUESTED), "requested_at")


def to_seal() -> Waiting:
    """Return the drawn papers that need nobody's hand any more: signed, or the seal's alone."""
    no_hand = Q(state=State.SIGNED) | Q(state=State.RENDERED, sealed_only=True)
    return _waiting(no_hand & Q(withheld_at=None), "rendered_at")


def to_stamp() -> Waiting:
    """Return the issued papers that no timestamp authority has stamped yet."""
    found = Proof.objects.filter(pades_level=Level.B_B).aggregate(
        rows=Count("pk"), oldest_at=Min("paper__issued_at")
    )
    return Waiting(**found)


def lists(now: datetime) -> Lists:
    due = PublicList.objects.filter(due_at__lte=now).aggregate(
        rows=Count("pk"), oldest_at=Min("due_at")
    )
    return Lists(
        due=Waiting(**due),
        silent_sources=RevocationSource.objects.filter(failures__gt=2).count(),
    )


def keys_ending(*, before: datetime) -> list[KeyEnd]:
    """Return the keys in use that end before then, the first to end first, at most KEYS_MAX."""
    rows = (
        Credential.objects.filter(state=CredentialState.ACTIVE, not_after__lt=before)
        .order_by("not_after", "pk")
        .values_list("pk", "purpose", "office__code", "not_after")[:KEYS_MAX]
    )
    return [KeyEnd(pk, purpose, office or "", ends) for pk, purpose, office, ends in rows]


def first_key_end() -> datetime | None:
    """Return when the first of the keys in use ends."""
    used = Credential.objects.filter(state=CredentialState.ACTIVE).order_by("not_after")
    return used.values_list("not_after", flat=True).first()


def _waiting(which: Q, since: str) -> Waiting:
    found = Paper.objects.filter(which).aggregate(rows=Count("pk"), oldest_at=Min(since))
    return Waiting(**found)
