"""
What a provider says it holds for us, against what our books say: hourly, where it can be asked.

A statement proves the same to the last unit, once a day. This tells within two hours that money
came or went of which nobody told us.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from kernel import outbox
from payments import events, gateways, sql
from payments.gateways.base import Unreadable
from payments.models import Inquiry, Rail
from payments.states import AccountRole
from payments.states import InquiryState as I

# An older answer says nothing about now.
FRESH = timedelta(hours=2)
# The second of two answers that agree against us is not the first one told again.
APART = timedelta(minutes=30)
# What is posted so near to the answer may be in it or not: clocks, and messages on their way.
EITHER_SIDE = timedelta(minutes=5)
# Up to then a charge by the tariff may have been kept that only a statement will tell.
CHARGES_TOLD_WITHIN = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A rail's newest balance beside our books of the same moment, in minor units."""

    rail_code: str
    currency: str
    held_minor: int  # By the provider's word.
    books_minor: int
    off_minor: int  # What no posting near the answer explains; below zero: the provider has less.
    persists: bool  # The balance before it was off on the same side.


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    rail: Rail
    held_minor: int
    currency: str
    at: datetime


def want(now: datetime) -> int:
    """Want every rail that can tell its balance to be asked, once an hour; return how many."""
    return sum(_want(rail, now) for rail in Rail.objects.order_by("pk") if _tells_balance(rail))


def compared(now: datetime) -> list[Compared]:
    """Return the newest balance of each rail that has told one lately, beside our books."""
    found = []
    for rail in Rail.objects.order_by("pk"):
        answers = list(_answers(rail, now))
        if not answers or answers[0].at <= now - FRESH:
            continue
        newest = answers[0]
        before = next((one for one in answers if one.at <= newest.at - APART), None)
        found.append(_compare(newest, before))
    return found


def _tells_balance(rail: Rail) -> bool:
    try:
        gateways.balances(kind=rail.kind, rail_code=rail.code)
    except gateways.NoGateway:
        return False
    return True


def _want(rail: Rail, now: datetime) -> bool:
    hour = f"{Inquiry.BALANCE}:{now:%Y-%m-%dT%H}"
    with transaction.atomic():
        made, is_new = Inquiry.objects.get_or_create(
            rail=rail,
            external_id=hour,
            told=Inquiry.BALANCE,
            defaults={"created_at": now, "next_at": now},
        )
        if is_new:
            # Two answers of one minute would not be two balances one after the other.
            Inquiry.objects.filter(
                rail=rail,
                told=Inquiry.BALANCE,
                external_id__startswith=f"{Inquiry.BALANCE}:",
                state__in=(I.WAITING, I.ASKED),
            ).exclude(pk=made.pk).update(state=I.GIVEN_UP, next_at=None)
            outbox.publish(events.InquiryDue(subject_id=made.pk, occurred_at=now))
    return is_new


def _answers(rail: Rail, now: datetime) -> Iterator[_Kept]:
    """Return what the rail has told of late, the newest first."""
    vendor = gateways.VENDORS.get(rail.kind)
    if vendor is None or vendor.read_balance is None:
        return
    # What was told a moment ago is compared at the next look, when all around it is posted.
    kept = sql.run(
        "kept_balances",
        rail_code=rail.code,
        kind=f"{rail.kind}.balance",
        since=now - 2 * FRESH,
        until=now - EITHER_SIDE,
    )
    for body, at in kept:
        try:
            told = vendor.read_balance(bytes(body))
        except Unreadable:
            continue  # The poster has set it aside, and that rings.
        if told is not None:
            yield _Kept(rail=rail, held_minor=told[0], currency=told[1], at=at)


def _compare(newest: _Kept, before: _Kept | None) -> Compared:
    books_minor, off_minor = _weigh(newest)
    was_off_minor = _weigh(before)[1] if before else 0
    return Compared(
        rail_code=newest.rail.code,
        currency=newest.currency,
        held_minor=newest.held_minor,
        books_minor=books_minor,
        off_minor=off_minor,
        persists=off_minor * was_off_minor > 0,
    )


def _weigh(kept: _Kept) -> tuple[int, int]:
    """Return what our books held at the moment of an answer, and by how much it is off."""
    [(books_minor, least_minor, most_minor)] = sql.run(
        "weigh_balance",
        rail_id=kept.rail.pk,
        currency=kept.currency,
        roles=_roles(kept.rail),
        at=kept.at,
        early=kept.at - EITHER_SIDE,
        late=kept.at + EITHER_SIDE,
        charged_since=kept.at - CHARGES_TOLD_WITHIN,
    )
    held_minor = kept.held_minor
    return books_minor, min(held_minor - least_minor, 0) or max(held_minor - most_minor, 0)


def _roles(rail: Rail) -> list[str]:
    # Where refunds are paid from a float, that is a wallet of its own, with a balance of its own.
    if gateways.VENDORS[rail.kind].refunds_from_float:
        return [AccountRole.CLEARING]
    return [AccountRole.CLEARING, AccountRole.REFUND_FLOAT]
