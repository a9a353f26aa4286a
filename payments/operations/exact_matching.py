"""
Up to a hundred matches in one act, where the reference that was typed leaves no doubt.

Nothing is posted by a guess: what is not exact (`queries.exactness`) is refused here, whatever a
page has sent. Each stays a match of its own, which another person sees, and may leave out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from accounts import policies as grants
from payments.likeness import Reason
from payments.models import Match, MatchSet, OpenItem, Refund, Release
from payments.operations import holding_items, matching, refunding
from payments.policies import ASK_MATCH
from payments.posting import reserving
from payments.queries.exactness import exact
from payments.states import MatchSetKind, RefundState

log = structlog.get_logger()

SET_MAX = 100
_UNDER_WAY = (RefundState.REQUESTED, RefundState.AWAITING_FUNDS)


class NotExact(Exception):
    """Some of what she chose leaves a doubt, or has changed; `movement_ids` says which."""

    def __init__(self, movement_ids: Collection[int]) -> None:
        super().__init__(sorted(movement_ids))
        self.movement_ids = frozenset(movement_ids)


class TooMany(Exception):
    """Between one and SET_MAX at a time."""


@dataclass(frozen=True, slots=True)
class Decided:
    """How many were decided as she said, and which could not be any more."""

    done: int
    changed: tuple[int, ...]


def ask(*, key: UUID, movement_ids: Collection[int], by_id: int, at: datetime) -> int:
    """
    Ask that each pay the one bill that it was meant for; return the set's id. All or none.

    :param key: of the form; asking again with it changes nothing and returns the same set
    :raises TooMany: if there are none, or more than SET_MAX
    :raises NotExact: if one of them is in doubt, held, or asked for already
    :raises refunding.OwnMoney: if one of the bills is her own
    :raises accounts.policies.NotGranted: if she may not, on the rail of one of them
    """
    chosen = sorted(set(movement_ids))
    if not 1 <= len(chosen) <= SET_MAX:
        raise TooMany
    with transaction.atomic():
        for movement_id in chosen:
            reserving.hold_movement(movement_id)
        known = MatchSet.objects.filter(key=key, maker_id=by_id).first()
        if known is not None:
            return known.pk
        rows = OpenItem.objects.select_related("movement", "rail").order_by("pk")
        items = list(rows.filter(pk__in=chosen))
        for rail_code in sorted({item.rail.code for item in items}):
            grants.require(
                account_id=by_id, act=ASK_MATCH.code, area_code=None, rail_code=rail_code, at=at
            )
        sure = exact(free(items, by_id=by_id, at=at))
        if missing := set(chosen) - {one.item.pk for one in sure}:
            raise NotExact(missing)
        for one in sure:
            refunding.refuse_own(one.bill.pk, by_id=by_id, at=at)
        asked = MatchSet.objects.create(
            key=key, kind=MatchSetKind.EXACT, maker_id=by_id, asked_at=at
        )
        Match.objects.bulk_create(
            Match(
                movement_id=one.item.pk,
                bill=one.bill,
                amount_minor=one.item.amount_minor,
                reason=_reason(one.reason),
                maker_id=by_id,
                asked_at=at,
                set=asked,
            )
            for one in sure
        )
        for one in sure:
            holding_items.done_with(one.item, by_id=by_id, at=at)
    log.info("exact.asked", set_id=asked.pk, matches=len(sure))
    return asked.pk


def approve(*, set_id: int, match_ids: Collection[int], by_id: int, at: datetime) -> Decided:
    """
    Approve these of a set; the others go on waiting. Each in a transaction of its own.

    :raises matching.SamePerson, accounts.policies.NotGranted: as `matching.approve`; what was
        decided before that stands
    """
    done, changed = 0, []
    for match_id in _of(set_id, match_ids):
        try:
            matching.approve(match_id=match_id, by_id=by_id, at=at)
        except (
            matching.MatchDecided,
            matching.NothingToMatch,
            matching.BillTakesNoMoney,
            holding_items.HeldByAnother,
            refunding.OwnMoney,
        ):
            changed.append(match_id)
        else:
            done += 1
    return Decided(done, tuple(changed))


def decline(*, set_id: int, match_ids: Collection[int], by_id: int, at: datetime) -> Decided:
    """Decline these of a set; raises as `approve` does."""
    done, changed = 0, []
    for match_id in _of(set_id, match_ids):
        try:
            matching.decline(match_id=match_id, by_id=by_id, at=at)
        except matching.MatchDecided:
            changed.append(match_id)
        else:
            done += 1
    return Decided(done, tuple(changed))


def free(items: list[OpenItem], *, by_id: int, at: datetime) -> list[OpenItem]:
    """Leave out what somebody else holds, and of which something is asked for already."""
    ids = [item.pk for item in items]
    taken = {
        *Match.objects.filter(movement__in=ids, decided_at=None).values_list("movement", flat=True),
        *Release.objects.filter(movement__in=ids, decided_at=None).values_list(
            "movement", flat=True
        ),
        *Refund.objects.filter(movement__in=ids, state__in=_UNDER_WAY).values_list(
            "movement", flat=True
        ),
    }
    return [item for item in items if item.pk not in taken and _is_hers(item, by_id, at)]


def _is_hers(item: OpenItem, by_id: int, at: datetime) -> bool:
    held = item.held_until is not None and item.held_until > at
    return not held or item.held_by_id == by_id


def _of(set_id: int, match_ids: Collection[int]) -> list[int]:
    rows = Match.objects.filter(set=set_id, set__kind=MatchSetKind.EXACT, pk__in=match_ids)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:SET_MAX])


def _reason(why: Reason) -> str:
    return f"EXACT: {why.value}"
