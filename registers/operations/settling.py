"""What a feed told and could not be taken in: open until it is understood, or somebody answers."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from django.db import transaction

from kernel import audit
from registers.models import Feed, FeedPage, StrangeEvent

STRANGE = "events not taken in"
_UNDERSTOOD = "Read again, and understood."


class SettledAlready(Exception):
    """Nothing is open under this number: somebody has answered for it."""


class NoNote(Exception):
    """It takes words: what the register said when it was asked."""


def open_strange_events() -> list[StrangeEvent]:
    """Return what is open, the oldest first; where its bytes stand is told, never what they say."""
    return list(StrangeEvent.objects.filter(settled_at=None).select_related("feed").order_by("pk"))


def settle(*, strange_id: int, note: str, by_id: int, at: datetime) -> None:
    """
    Answer for one: the register was asked, and what is true was told under another id.

    :raises SettledAlready: if nothing is open under this number
    :raises NoNote: without words
    """
    if not note.strip():
        raise NoNote(strange_id)
    with transaction.atomic():
        waiting = StrangeEvent.objects.select_for_update().filter(pk=strange_id, settled_at=None)
        strange = waiting.first()
        if strange is None:
            raise SettledAlready(strange_id)
        strange.settled_at, strange.note = at, note.strip()
        strange.save(update_fields=["settled_at", "note"])
        _calm(strange.feed_id)
        audit.record(
            act="register.event.settle",
            actor_id=by_id,
            subject="registers.strangeevent",
            subject_id=strange_id,
            at=at,
        )


def settle_understood(page: FeedPage, strange: AbstractSet[bytes], *, at: datetime) -> None:
    """A page that is taken in again, by a release that knows more, settles what it understands."""
    for one in StrangeEvent.objects.filter(page=page, settled_at=None):
        if bytes(one.digest) not in strange:
            one.settled_at, one.note = at, _UNDERSTOOD
            one.save(update_fields=["settled_at", "note"])
    _calm(page.feed_id)


def _calm(feed_id: int) -> None:
    if not StrangeEvent.objects.filter(feed_id=feed_id, settled_at=None).exists():
        Feed.objects.filter(pk=feed_id, trouble=STRANGE).update(trouble="")
