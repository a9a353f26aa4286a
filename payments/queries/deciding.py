"""What about suspense is to be decided, and what was decided about one collection."""

from dataclasses import dataclass

from django.db.models import Count, Min, Q, Sum

from payments.likeness import Reason
from payments.models import (
    Bill,
    Evidence,
    Hold,
    Match,
    MatchSet,
    Movement,
    OpenItem,
    Refund,
    Release,
    SuspenseRule,
)
from payments.queries.exactness import exact
from payments.queries.proposals import payer, proposals
from payments.states import MatchSetKind, RefundState, ReleaseKind

WAITING_MAX = 100
PROPOSALS_MAX = 10
_PROMISED = (RefundState.REQUESTED, RefundState.AWAITING_FUNDS)


@dataclass(frozen=True, slots=True)
class ToDecide:
    """What waits for a second person, the oldest first, each at most WAITING_MAX."""

    matches: list[Match]
    splits: list[MatchSet]  # With their `parts`.
    sets: list[MatchSet]  # With `waiting`, `amount_minor` and `currency`.
    releases: list[Release]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A bill that may have been meant, and why."""

    bill: Bill
    reasons: tuple[Reason, ...]
    is_exact: bool

    @property
    def due_minor(self) -> int:
        return self.bill.total_minor - self.bill.paid_minor


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of a collection in suspense; `item` is None when nothing stands there."""

    movement: Movement
    item: OpenItem | None
    stands_minor: int
    free_minor: int  # Of it, what is not promised to the payer.
    payer: str  # The phone in E.164, or "".
    sightings: list[Evidence]
    proposals: list[Proposed]
    matches: list[Match]
    releases: list[Release]
    refunds: list[Refund]
    holds: list[Hold]
    rule: SuspenseRule | None


def to_decide() -> ToDecide:
    undecided = Match.objects.filter(decided_at=None).select_related("movement__rail", "bill")
    splits = list(
        MatchSet.objects.filter(kind=MatchSetKind.SPLIT, matches__decided_at=None)
        .distinct()
        .select_related("movement__rail")
        .order_by("pk")[:WAITING_MAX]
    )
    parts: dict[int, list[Match]] = {}
    for part in undecided.filter(set__in=splits).order_by("pk"):
        parts.setdefault(part.set_id or 0, []).append(part)
    for split in splits:
        split.parts = parts.get(split.pk, [])  # type: ignore[attr-defined]
    waiting = Q(matches__decided_at=None)
    return ToDecide(
        matches=list(undecided.filter(set=None).order_by("pk")[:WAITING_MAX]),
        splits=splits,
        sets=list(
            MatchSet.objects.filter(waiting, kind=MatchSetKind.EXACT)
            .annotate(
                waiting=Count("matches"),
                amount_minor=Sum("matches__amount_minor"),
                currency=Min("matches__bill__currency"),
            )
            .order_by("pk")[:WAITING_MAX]
        ),
        releases=list(
            Release.objects.filter(decided_at=None)
            .exclude(kind=ReleaseKind.SENT_BACK)
            .select_related("movement__rail")
            .order_by("pk")[:WAITING_MAX]
        ),
    )


def of_set(set_id: int) -> tuple[MatchSet, list[Match]]:
    """
    Return a set of exact matches and all of them, decided or not.

    :raises MatchSet.DoesNotExist: if there is none
    """
    found = MatchSet.objects.get(pk=set_id, kind=MatchSetKind.EXACT)
    rows = found.matches.select_related("movement__rail", "bill").order_by("pk")
    return found, list(rows)


def dossier(movement_id: int) -> Dossier:
    """
    Return all that an officer must see of a collection before she asks for anything.

    :raises Movement.DoesNotExist: if there is no such collection, or it never stood in suspense
    """
    movement = (
        Movement.objects.select_related("rail")
        .filter(suspense_items__isnull=False)
        .distinct()
        .get(pk=movement_id)
    )
    item = OpenItem.objects.select_related("movement", "rail").filter(pk=movement_id).first()
    refunds = list(movement.refunds.order_by("pk"))
    stands_minor = item.amount_minor if item else 0
    promised = sum(one.amount_minor for one in refunds if one.state in _PROMISED)
    return Dossier(
        movement=movement,
        item=item,
        stands_minor=stands_minor,
        free_minor=max(0, stands_minor - promised),
        payer=payer(movement),
        sightings=list(movement.evidence.order_by("source_at", "source_id")[:10]),
        proposals=_proposed(movement_id, item) if item else [],
        matches=list(movement.matches.select_related("bill").order_by("pk")),
        releases=list(movement.releases.order_by("pk")),
        refunds=refunds,
        holds=list(movement.holds.order_by("pk")),
        rule=SuspenseRule.objects.filter(pk=movement.currency).first(),
    )


def _proposed(movement_id: int, item: OpenItem) -> list[Proposed]:
    likely = proposals(movement_id)[:PROPOSALS_MAX]
    sure = {one.bill.pk for one in exact([item])}
    bills = Bill.objects.in_bulk([one.bill_id for one in likely])
    return [Proposed(bills[one.bill_id], one.reasons, one.bill_id in sure) for one in likely]
