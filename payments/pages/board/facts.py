"""The fact behind a journal, in words and with the way to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import queries as accounts
from payments.pages.board.words import STATES, named
from payments.queries import facts
from payments.queries.journals import JournalView

# Where such facts are worked on.
_ROOMS: dict[str, tuple[str, Promise]] = {
    "refund": ("payments:refunds", _("Refunds")),
    "refund_returned": ("payments:refunds", _("Refunds")),
    "match": ("payments:suspense", _("Did not match")),
    "write_off": ("payments:suspense", _("Did not match")),
    "unclaimed": ("payments:suspense", _("Did not match")),
    "arrived": ("payments:suspense", _("Did not match")),
    "explained": ("payments:control", _("Control")),
    "remittance": ("payments:remittances", _("Remittances")),
    "remittance_returned": ("payments:remittances", _("Remittances")),
    "remittance_resumed": ("payments:remittances", _("Remittances")),
    "remittance_sent_back": ("payments:remittances", _("Remittances")),
    "returned": ("payments:remittances", _("Remittances")),
}


@dataclass(frozen=True)
class Fact:
    movement_id: int | None
    bill_id: int | None
    number: str
    key: UUID | None
    reason: str
    state: Promise | str
    asked_at: datetime | None
    decided_at: datetime | None
    maker: str
    checker: str
    room: str
    room_name: Promise | str


def fact_of(journal: JournalView) -> Fact:
    """Return what the journal is about: a movement, or what two people decided."""
    told = facts.fact(journal.kind, journal.subject_id)
    if told is None:
        return Fact(journal.subject_id, None, "", None, "", "", None, None, "", "", "", "")
    people = [one for one in (told.maker_id, told.checker_id) if one]
    names = {one.id: one.display_name for one in accounts.accounts(people)}
    room, room_name = _ROOMS.get(journal.kind, ("", ""))
    return Fact(
        movement_id=told.movement_id,
        bill_id=told.bill_id,
        number=told.number,
        key=told.key,
        reason=told.reason,
        state=named(STATES, told.state),
        asked_at=told.asked_at,
        decided_at=told.decided_at,
        maker=names.get(told.maker_id or 0, ""),
        checker=names.get(told.checker_id or 0, ""),
        room=room,
        room_name=room_name,
    )
