"""What can be asked about saved drafts: answers of somebody who has not proved who she is."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from applications.models import DRAFT_LIFE, SavedDraft

_KEY_BYTES = 16


@dataclass(frozen=True)
class Left:
    """To which contact point a draft was left, the short form of its key, and until when."""

    contact_id: int
    short: str
    until: datetime


def left_to_phone(draft_id: int, *, at: datetime) -> Left | None:
    """Return where the link of a draft goes; None where it has ended or was left with a code."""
    draft = SavedDraft.objects.get(pk=draft_id)
    until = draft.changed_at + DRAFT_LIFE
    if draft.ended_at is not None or until <= at or draft.contact_id is None:
        return None
    return Left(draft.contact_id, short_key(draft.key), until)


def short_key(key: UUID) -> str:
    """Return a key in 22 letters, for a message that is paid by its length."""
    return urlsafe_b64encode(key.bytes).decode("ascii").rstrip("=")


def long_key(short: str) -> UUID | None:
    """Return the key that `short_key` made 22 letters of; None for any other text."""
    try:
        read = urlsafe_b64decode(f"{short}==")
    except ValueError:
        return None
    key = UUID(bytes=read) if len(read) == _KEY_BYTES else None
    # What is no letter of the alphabet is passed over by the decoder, and is no key of ours.
    return key if key is not None and short_key(key) == short else None
