"""
Holding an open item: somebody looks into it until a time, and the others leave it alone.

A hold is no lock of the database and moves no money: it says who asks the payer, so that two do
not. Whoever may ask for something on the rail may hold, and lift what another holds; each act is
kept (`payments_hold`).
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts import policies as grants
from accounts.policies import NotGranted
from payments.models import Hold, OpenItem
from payments.policies import ASK_MATCH, ASK_REFUND, ASK_RELEASE
from payments.posting import reserving

log = structlog.get_logger()

HOLD_MAX = timedelta(days=30)
NOTE_CHARS_MAX = 300
ASKING = (ASK_MATCH, ASK_REFUND, ASK_RELEASE)


class NotOpen(Exception):
    """Nothing of the collection stands in suspense any more."""


class HeldByAnother(Exception):
    """Somebody else looks into it until a time that is not over."""


class HoldWithoutReason(Exception):
    """A hold says why, and ends within HOLD_MAX."""


class Changed(Exception):
    """What stands in suspense, or what the bill asks, is not what she was shown."""


def hold(*, movement_id: int, until: datetime, note: str, by_id: int, at: datetime) -> None:
    """
    Hold an open item; a hold of one's own is renewed.

    :raises accounts.policies.NotGranted: if she may ask for nothing on this rail
    :raises NotOpen: if nothing of it stands in suspense
    :raises HeldByAnother: if somebody else holds it
    :raises HoldWithoutReason: without a note, or for longer than HOLD_MAX
    """
    if not note.strip() or not at < until <= at + HOLD_MAX:
        raise HoldWithoutReason(movement_id)
    with transaction.atomic():
        item = take(movement_id, by_id=by_id, at=at)
        _require(item, by_id=by_id, at=at)
        Hold.objects.create(
            movement_id=movement_id,
            by_id=by_id,
            until_at=until,
            note=note.strip()[:NOTE_CHARS_MAX],
            at=at,
        )
    log.info("suspense.held", movement_id=movement_id)


def lift(*, movement_id: int, by_id: int, at: datetime) -> None:
    """
    Let others at it again, whoever holds it; does nothing where nobody does.

    :raises accounts.policies.NotGranted, NotOpen: as `hold`
    """
    with transaction.atomic():
        reserving.hold_movement(movement_id)
        item = _open(movement_id)
        _require(item, by_id=by_id, at=at)
        if item.held_by_id is not None:
            Hold.objects.create(movement_id=movement_id, by_id=by_id, at=at)


def take(movement_id: int, *, by_id: int, at: datetime, shown_minor: int | None = None) -> OpenItem:
    """
    Hold a movement's promises and return its open item, for who wants to ask for something.

    :param shown_minor: what stood in suspense on the page that she answers
    :raises NotOpen: if nothing of it stands in suspense
    :raises HeldByAnother: if somebody else holds it
    :raises Changed: if another amount stands there now
    """
    reserving.hold_movement(movement_id)
    item = _open(movement_id)
    _refuse(item, by_id=by_id, at=at)
    if shown_minor is not None and shown_minor != item.amount_minor:
        raise Changed(movement_id)
    return item


def done_with(item: OpenItem, *, by_id: int, at: datetime) -> None:
    """Lift her own hold: she has asked for what is to be done, and another looks at it now."""
    if item.held_by_id == by_id:
        Hold.objects.create(movement_id=item.pk, by_id=by_id, at=at)


def refuse_held(movement_id: int, *, by_id: int, at: datetime) -> None:
    """
    Hold a collection's promises, unless somebody else looks into what of it stands in suspense.

    :raises HeldByAnother: if so
    """
    reserving.hold_movement(movement_id)
    if item := OpenItem.objects.filter(pk=movement_id).first():
        _refuse(item, by_id=by_id, at=at)


def _refuse(item: OpenItem, *, by_id: int, at: datetime) -> None:
    if item.held_by_id not in {None, by_id} and item.held_until and item.held_until > at:
        raise HeldByAnother(item.pk)


def _open(movement_id: int) -> OpenItem:
    item = OpenItem.objects.select_related("rail", "movement").filter(pk=movement_id).first()
    if item is None:
        raise NotOpen(movement_id)
    return item


def _require(item: OpenItem, *, by_id: int, at: datetime) -> None:
    for act in ASKING:
        if grants.may(
            account_id=by_id, act=act.code, area_code=None, rail_code=item.rail.code, at=at
        ):
            return
    raise NotGranted(account_id=by_id, act=ASK_MATCH.code)
