"""
Suspense that leaves for good without a bill: back to the payer, written off, or unclaimed.

What a payer gets back is a refund (`refunding`). A write-off is small change within the limit of
the country's pack. Money past its legal term goes to the treasury's account of unclaimed money: a
rule finds it (`propose_unclaimed`), a person asks, and another decides.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import transaction
from django.db.models import Sum

from accounts import queries as accounts
from accounts.queries import SamePerson
from payments import posting
from payments.models import Movement, OpenItem, Refund, Release, SuspenseRule
from payments.operations import holding_items, matching, refunding
from payments.operations.matching import AlreadyAsked, Shown
from payments.operations.refunding import REASON_CHARS_MAX
from payments.policies import ASK_REFUND, ASK_RELEASE, DECIDE_RELEASE
from payments.states import Leg, RefundState, ReleaseKind

log = structlog.get_logger()

# Of any country: PostgreSQL says it too.
UNCLAIMED_DAYS_MIN = 365


class NothingToRelease(Exception):
    """Less than that stands in suspense and is not promised, or nobody says why."""


class ReleaseDecided(Exception):
    """A release is decided once."""


class NoLimit(Exception):
    """The country's pack names no limit in this currency, so nothing is written off."""


class AboveLimit(Exception):
    """More than the country's pack allows to write off of one collection; names the limit."""

    def __init__(self, max_minor: int) -> None:
        super().__init__(max_minor)
        self.max_minor = max_minor


class NotYetUnclaimed(Exception):
    """Its legal term is not over; `until` says when it is."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


class LawNotNamed(Exception):
    """The pack names no legal term, so whoever asks names the law and its term."""


class TermTooShort(Exception):
    """Money that nobody claims is kept for a year at the least, whatever is said of a law."""


class _Wanted(NamedTuple):
    movement_id: int
    kind: ReleaseKind
    amount_minor: int
    reason: str
    law: str = ""
    term_days: int | None = None


def ask_refund(
    *,
    movement_id: int,
    amount_minor: int,
    reason: str,
    by_id: int,
    at: datetime,
    by_hand: bool = False,
    shown: Shown | None = None,
) -> int:
    """
    Ask that money in suspense go back to its payer; return the refund's id.

    What a rule has proposed already is taken up.

    :param by_hand: to a payee proven at a desk, whatever the rail can

    :raises holding_items.NotOpen, holding_items.HeldByAnother, holding_items.Changed: as
        `matching.ask`
    :raises refunding.NothingToRefund, refunding.RefundInWhole, refunding.OwnMoney,
        refunding.AgainstItsFee, accounts.policies.NotGranted: as `refunding.ask`
    """
    with transaction.atomic():
        movement = Movement.objects.select_related("rail").get(pk=movement_id, leg=Leg.CREDIT)
        matching.require(by_id, ASK_REFUND.code, movement, at)
        # The refund before the movement's promises, as docs/locking.md says.
        proposed = Refund.objects.filter(
            movement_id=movement_id, state=RefundState.PROPOSED, amount_minor=amount_minor
        ).first()
        if proposed is not None:
            refunding.lock(proposed.pk)
        item = _take(movement_id, by_id=by_id, at=at, shown=shown)
        if amount_minor > matching.free_minor(movement):
            raise refunding.NothingToRefund(movement_id)
        if proposed is not None:
            refunding.take_up(refund_id=proposed.pk, by_id=by_id, at=at, by_hand=by_hand)
            refund_id = proposed.pk
        else:
            refund_id = refunding.ask(
                movement_id=movement_id,
                amount_minor=amount_minor,
                reason=reason,
                by_id=by_id,
                at=at,
                by_hand=by_hand,
            )
        holding_items.done_with(item, by_id=by_id, at=at)
        return refund_id


def ask_write_off(
    *,
    movement_id: int,
    amount_minor: int,
    reason: str,
    by_id: int,
    at: datetime,
    shown: Shown | None = None,
) -> int:
    """
    Ask that small change be written off; return the release's id.

    :raises NoLimit, AboveLimit: by the country's pack
    :raises NothingToRelease: if less stands in suspense and is not promised, or without a reason
    :raises AlreadyAsked: if something is to be decided about it
    :raises holding_items.NotOpen, holding_items.HeldByAnother, holding_items.Changed,
        accounts.policies.NotGranted: as `matching.ask`
    """
    wanted = _Wanted(movement_id, ReleaseKind.WRITE_OFF, amount_minor, reason)
    return _ask(wanted, by_id=by_id, at=at, shown=shown)


def ask_unclaimed(
    *,
    movement_id: int,
    amount_minor: int,
    reason: str,
    by_id: int,
    at: datetime,
    law: str = "",
    term_days: int | None = None,
    shown: Shown | None = None,
) -> int:
    """
    Ask that money nobody claimed go to the treasury's account; return the release's id.

    :param law: which law says so, where the pack names no term
    :param term_days: after how many days in suspense that law says so; a pack's own term stands
        above it
    :raises NotYetUnclaimed: if the legal term is not over
    :raises LawNotNamed: if the pack names no term and she no law or no term
    :raises TermTooShort: if her term is shorter than any that is believed
    :raises NothingToRelease, AlreadyAsked, holding_items.NotOpen, holding_items.HeldByAnother,
        holding_items.Changed, accounts.policies.NotGranted: as `ask_write_off`
    """
    law = law.strip()[:REASON_CHARS_MAX]
    wanted = _Wanted(movement_id, ReleaseKind.UNCLAIMED, amount_minor, reason, law, term_days)
    return _ask(wanted, by_id=by_id, at=at, shown=shown)


def approve(*, release_id: int, by_id: int, at: datetime) -> None:
    """
    Decide that it leaves: the money goes out of suspense now.

    What a rule has proposed to pay back of it, and what is no longer there, is declined with it.

    :raises SamePerson: if she asked for it herself
    :raises ReleaseDecided: if it is decided
    :raises NothingToRelease: if less stands in suspense meanwhile
    :raises NoLimit, AboveLimit, NotYetUnclaimed, holding_items.HeldByAnother: as when asking
    :raises posting.NoTreasury: if the pack has no treasury to hold unclaimed money
    :raises accounts.policies.NotGranted: if she may not decide about releases on this rail
    """
    with transaction.atomic():
        asked = _lock_to_decide(release_id, by_id=by_id, at=at)
        proposed = matching.lock_proposed(asked.movement_id)
        holding_items.refuse_held(asked.movement_id, by_id=by_id, at=at)
        if asked.amount_minor > matching.free_minor(asked.movement):
            raise NothingToRelease(release_id)
        _require_allowed(_as_asked(asked), asked.movement, at=at)
        asked.decide(approved=True, by_id=by_id, at=at)
        try:
            posting.release(release_id, at=at)
        except (posting.DoesNotFit, posting.NothingLeft):
            raise NothingToRelease(release_id) from None
        matching.decline_gone(proposed, movement_id=asked.movement_id, by_id=by_id, at=at)
    log.info("release.approved", release_id=release_id)


def decline(*, release_id: int, by_id: int, at: datetime) -> None:
    """Decide that it stays; raises as `approve` does, but for the money."""
    with transaction.atomic():
        asked = _lock_to_decide(release_id, by_id=by_id, at=at)
        asked.decide(approved=False, by_id=by_id, at=at)
    log.info("release.declined", release_id=release_id)


def propose_unclaimed(now: datetime, *, limit: int = 1_000) -> int:
    """
    Mark what has stood in suspense past its legal term; return how many were marked now.

    The rule asks for nothing and moves nothing: the queue shows them, and two people decide. Where
    the pack names no term (`SuspenseRule.legal_term_days` is None) it marks nothing.
    """
    marked = 0
    for rule in SuspenseRule.objects.exclude(legal_term_days=None).order_by("currency"):
        past = OpenItem.objects.filter(
            currency=rule.currency,
            opened_at__lte=now - timedelta(days=rule.legal_term_days or 0),
            unclaimed_since=None,
        ).order_by("opened_at", "pk")
        ids = list(past.values_list("pk", flat=True)[: limit - marked])
        marked += OpenItem.objects.filter(pk__in=ids).update(unclaimed_since=now)
    return marked


def _ask(wanted: _Wanted, *, by_id: int, at: datetime, shown: Shown | None) -> int:
    if not wanted.reason.strip():
        raise NothingToRelease(wanted.movement_id)
    with transaction.atomic():
        movement = Movement.objects.select_related("rail").get(
            pk=wanted.movement_id, leg=Leg.CREDIT
        )
        matching.require(by_id, ASK_RELEASE.code, movement, at)
        item = _take(movement.pk, by_id=by_id, at=at, shown=shown)
        if not 0 < wanted.amount_minor <= matching.free_minor(movement):
            raise NothingToRelease(movement.pk)
        term_days = _require_allowed(wanted, movement, at=at)
        if Release.objects.filter(movement=movement, decided_at=None).exists():
            raise AlreadyAsked
        asked = Release.objects.create(
            movement=movement,
            kind=wanted.kind,
            currency=movement.currency,
            amount_minor=wanted.amount_minor,
            reason=wanted.reason.strip()[:REASON_CHARS_MAX],
            law=wanted.law,
            term_days=term_days,
            maker_id=by_id,
            asked_at=at,
        )
        holding_items.done_with(item, by_id=by_id, at=at)
        log.info("release.asked", release_id=asked.pk, kind=wanted.kind.value)
        return asked.pk


def _as_asked(asked: Release) -> _Wanted:
    return _Wanted(
        movement_id=asked.movement_id,
        kind=ReleaseKind(asked.kind),
        amount_minor=asked.amount_minor,
        reason=asked.reason,
        law=asked.law,
        term_days=asked.term_days,
    )


def _require_allowed(wanted: _Wanted, movement: Movement, *, at: datetime) -> int | None:
    """Return after how many days that is unclaimed; None for what is written off."""
    rule = SuspenseRule.objects.filter(currency=movement.currency).first()
    if wanted.kind is ReleaseKind.WRITE_OFF:
        _require_small(wanted, movement, rule.write_off_max_minor if rule else None)
        return None
    term_days = _term_days(wanted, movement.currency, rule.legal_term_days if rule else None)
    opened_at = OpenItem.objects.values_list("opened_at", flat=True).get(pk=movement.pk)
    until = opened_at + timedelta(days=term_days)
    if until > at:
        raise NotYetUnclaimed(until)
    return term_days


def _require_small(wanted: _Wanted, movement: Movement, max_minor: int | None) -> None:
    if max_minor is None:
        raise NoLimit(movement.currency)
    before = Release.objects.filter(movement=movement, kind=wanted.kind, approved=True)
    gone_minor = before.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    if gone_minor + wanted.amount_minor > max_minor:
        raise AboveLimit(max_minor)


def _term_days(wanted: _Wanted, currency: str, of_pack: int | None) -> int:
    if of_pack is not None:
        return of_pack
    if not wanted.law or wanted.term_days is None:
        raise LawNotNamed(currency)
    if wanted.term_days < UNCLAIMED_DAYS_MIN:
        raise TermTooShort
    return wanted.term_days


def _take(movement_id: int, *, by_id: int, at: datetime, shown: Shown | None) -> OpenItem:
    return holding_items.take(
        movement_id, by_id=by_id, at=at, shown_minor=shown.stands_minor if shown else None
    )


def _lock_to_decide(release_id: int, *, by_id: int, at: datetime) -> Release:
    rows = Release.objects.select_for_update(no_key=True, of=("self",))
    # A batch that came back is decided about among remittances (`remitting.decide_sent_back`).
    kinds = (ReleaseKind.WRITE_OFF, ReleaseKind.UNCLAIMED)
    asked = rows.select_related("movement__rail").get(pk=release_id, kind__in=kinds)
    matching.require(by_id, DECIDE_RELEASE.code, asked.movement, at)
    if accounts.same_hands(asked.maker_id, by_id):
        raise SamePerson
    if asked.decided_at is not None:
        raise ReleaseDecided(release_id)
    return asked
