"""The rooms of staff: pages that each open to whoever holds an act, declared as acts are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.acts import Act

_DECLARED: dict[str, "Room"] = {}


@dataclass(frozen=True)
class Room:
    """A page by the name of its address, and the acts of which each opens it."""

    page: str
    label: Promise
    acts: Collection[Act]
    is_desk: bool = False
    """Where the day begins for whoever may enter it, and whence the other rooms are linked."""


def declare(*rooms: Room) -> None:
    """Make the rooms known; declaring a room again changes nothing."""
    _DECLARED.update({room.page: room for room in rooms})


def act_codes() -> set[str]:
    """Return the acts that open rooms, so that `policies.held` is asked once for all of them."""
    return {act.code for room in _DECLARED.values() for act in room.acts}


def open_to(held: Collection[str]) -> list[Room]:
    """Return the rooms that these acts open, the desk first, then as they were declared."""
    found = [room for room in _DECLARED.values() if any(act.code in held for act in room.acts)]
    return sorted(found, key=lambda room: not room.is_desk)


def first(account_id: int, *, at: datetime) -> Room | None:
    """Return where somebody begins her day; None for whoever may enter no room."""
    held = policies.held(account_id=account_id, act_codes=act_codes(), at=at)
    return next(iter(open_to(held)), None)


declare(
    Room("accounts:people", _("People"), (policies.INVITE_STAFF, policies.MANAGE_STAFF)),
    Room("accounts:rights", _("Rights"), (policies.GIVE_RIGHTS, policies.CONFIRM_RIGHTS)),
    Room(
        "accounts:agent_licences", _("Agents"), (policies.REGISTER_AGENTS, policies.CONFIRM_AGENTS)
    ),
    Room("accounts:citizens", _("Citizens at the counter"), policies.WITH_CITIZENS),
    Room("accounts:erasures", _("Erasures"), (policies.ASK_ERASURE, policies.ERASE_PERSON)),
)
