"""
One collection for several bills: asked for in one act, decided in one act, all parts or none.

A family pays three certificates at once under one reference: what came is right for all of them.
Each part is a match; PostgreSQL holds that they are decided together (split_decided_as_one).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from django.db import transaction

from payments import ledger
from payments.models import Bill, Match, MatchSet, Movement
from payments.operations import holding_items, matching, refunding
from payments.operations.matching import AlreadyAsked, MatchDecided, NothingToMatch, Shown
from payments.operations.refunding import REASON_CHARS_MAX
from payments.policies import ASK_MATCH
from payments.posting import holding
from payments.states import Leg, MatchSetKind

log = structlog.get_logger()

PARTS_MAX = 20


class NotASplit(Exception):
    """A split has between two and PARTS_MAX parts, each for a bill of its own."""


class Part(NamedTuple):
    bill_id: int
    amount_minor: int


def ask_split(
    *,
    key: UUID,
    movement_id: int,
    parts: Sequence[Part | tuple[int, int]],
    reason: str,
    by_id: int,
    at: datetime,
    shown: Shown | None = None,
) -> int:
    """
    Ask that a collection in suspense pay several bills; return the set's id.

    :param key: of the form; asking again with it changes nothing and returns the same set
    :param parts: of each bill, how much; what they leave stays in suspense
    :raises NotASplit: if they are too few, too many, or name a bill twice
    :raises NothingToMatch: if they are more than stands there and is not promised, or one is more
        than its bill asks, or without a reason
    :raises matching.BillTakesNoMoney, AlreadyAsked, accounts.policies.NotGranted,
        holding_items.Changed, holding_items.HeldByAnother, holding_items.NotOpen: as
        `matching.ask`
    """
    wanted = [Part(*part) for part in parts]
    if not 2 <= len({part.bill_id for part in wanted}) == len(wanted) <= PARTS_MAX:
        raise NotASplit(movement_id)
    if not reason.strip():
        raise NothingToMatch(movement_id)
    with transaction.atomic():
        movement = Movement.objects.select_related("rail").get(pk=movement_id, leg=Leg.CREDIT)
        matching.require(by_id, ASK_MATCH.code, movement, at)
        item = holding_items.take(
            movement_id, by_id=by_id, at=at, shown_minor=shown.stands_minor if shown else None
        )
        known = MatchSet.objects.filter(key=key, maker_id=by_id).first()
        if known is not None:
            return known.pk
        _require_fit(movement, wanted, by_id=by_id, at=at)
        asked = _create(key, movement, wanted, reason, by_id=by_id, at=at)
        holding_items.done_with(item, by_id=by_id, at=at)
    log.info("split.asked", set_id=asked.pk)
    return asked.pk


def approve(*, set_id: int, by_id: int, at: datetime) -> None:
    """
    Decide that all of them are paid: the money leaves suspense now.

    :raises matching.SamePerson, MatchDecided, NothingToMatch, matching.BillTakesNoMoney,
        accounts.policies.NotGranted, holding_items.HeldByAnother: as `matching.approve`; nothing
        of it is posted then
    """
    with transaction.atomic():
        parts = _lock(set_id, by_id=by_id, at=at)
        movement = parts[0].movement
        proposed = matching.lock_proposed(movement.pk)
        holding_items.refuse_held(movement.pk, by_id=by_id, at=at)
        # All bills by their ids before the collection, as docs/locking.md says.
        ledger.open_rail_accounts([(movement.rail_id, movement.currency)])
        holding.hold_days([at], at=at)
        holding.hold_bills([], also=[part.bill.reference for part in parts])
        for part in parts:
            matching.post(part, by_id=by_id, at=at)
        matching.decline_gone(proposed, movement_id=movement.pk, by_id=by_id, at=at)
    log.info("split.approved", set_id=set_id)


def decline(*, set_id: int, by_id: int, at: datetime) -> None:
    """Decide that none of them is; raises as `approve` does, but for the money."""
    with transaction.atomic():
        for part in _lock(set_id, by_id=by_id, at=at):
            part.decide(approved=False, by_id=by_id, at=at)
    log.info("split.declined", set_id=set_id)


def _create(
    key: UUID, movement: Movement, wanted: list[Part], reason: str, *, by_id: int, at: datetime
) -> MatchSet:
    asked = MatchSet.objects.create(
        key=key, kind=MatchSetKind.SPLIT, movement=movement, maker_id=by_id, asked_at=at
    )
    Match.objects.bulk_create(
        Match(
            movement=movement,
            bill_id=part.bill_id,
            amount_minor=part.amount_minor,
            reason=reason.strip()[:REASON_CHARS_MAX],
            maker_id=by_id,
            asked_at=at,
            set=asked,
        )
        for part in wanted
    )
    return asked


def _lock(set_id: int, *, by_id: int, at: datetime) -> list[Match]:
    parts = Match.objects.filter(set=set_id, set__kind=MatchSetKind.SPLIT)
    match_ids = list(parts.values_list("pk", flat=True))
    if not match_ids:
        raise MatchSet.DoesNotExist
    locked = matching.lock_to_decide(match_ids, by_id=by_id, at=at)
    if any(part.decided_at is not None for part in locked):
        raise MatchDecided(set_id)
    return locked


def _require_fit(movement: Movement, wanted: list[Part], *, by_id: int, at: datetime) -> None:
    bills = Bill.objects.in_bulk([part.bill_id for part in wanted])
    for part in wanted:
        bill = bills.get(part.bill_id)
        if bill is None:
            raise Bill.DoesNotExist
        refunding.refuse_own(bill.pk, by_id=by_id, at=at)
        matching.require_fit(movement, bill, part.amount_minor)
    if sum(part.amount_minor for part in wanted) > matching.free_minor(movement):
        raise NothingToMatch(movement.pk)
    if Match.objects.filter(movement=movement, bill__in=bills, decided_at=None).exists():
        raise AlreadyAsked
