"""What may have come back of batches, what was paid after all, and what is to be decided."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef

from payments import sql
from payments.models import (
    Explanation,
    Movement,
    MovementAlias,
    OpenItem,
    Release,
    Remittance,
    RemittanceRefusal,
)
from payments.states import Leg, ReleaseKind
from payments.states import RemittanceState as M

SHOWN_MAX = 20
# A bank books by days: what came back on the day of the order may carry that day's beginning.
BOOKED_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Credit:
    """Money in suspense of exactly a batch's amount."""

    movement: Movement
    names_it: bool  # Its text or one of its ids is the batch's.


@dataclass(frozen=True, slots=True)
class ToDecide:
    """What waits for a second person, the oldest first."""

    returns: list[tuple[Release, Remittance]]
    refusals: list[RemittanceRefusal]

    def __bool__(self) -> bool:
        return bool(self.returns or self.refusals)


def credits_for(batch: Remittance) -> list[Credit]:
    """Return what may be a paid batch come back; what names it first, then the newest."""
    if batch.approved_at is None:
        return []
    items = OpenItem.objects.filter(
        rail=batch.rail_id,
        currency=batch.currency,
        amount_minor=batch.amount_minor,
        movement__amount_minor=batch.amount_minor,
        movement__occurred_at__gte=batch.approved_at - BOOKED_WITHIN,
    ).select_related("movement")
    # Without those of which something else is asked.
    free = items.filter(
        ~Exists(Release.objects.filter(movement=OuterRef("pk"), decided_at=None))
    ).order_by("-movement__occurred_at", "-pk")
    movements = [item.movement for item in free[: SHOWN_MAX * 5]]
    named = _named(batch, movements)
    found = [Credit(movement, movement.pk in named) for movement in movements]
    return sorted(found, key=lambda one: not one.names_it)[:SHOWN_MAX]


def batches_for(credit: Movement) -> list[Remittance]:
    """Return the paid batches that a credit may be, the newest first: of its bank and amount."""
    paid = Remittance.objects.filter(
        state=M.CONFIRMED,
        rail=credit.rail_id,
        currency=credit.currency,
        amount_minor=credit.amount_minor,
        approved_at__lte=credit.occurred_at + BOOKED_WITHIN,
    )
    return list(paid.select_related("beneficiary", "rail", "account").order_by("-pk")[:SHOWN_MAX])


def debits_for(batch: Remittance) -> list[Movement]:
    """Return what left without an order and may have paid a batch that was given up."""
    if batch.approved_at is None or batch.state not in {M.FAILED, M.CANCELLED}:
        return []
    gone = Movement.objects.filter(
        leg=Leg.WITHDRAWAL,
        rail=batch.rail_id,
        currency=batch.currency,
        amount_minor=batch.amount_minor,
        occurred_at__gte=batch.approved_at - BOOKED_WITHIN,
    )
    explained = Explanation.objects.filter(movement=OuterRef("pk"), approved=True)
    return list(gone.filter(~Exists(explained)).order_by("pk")[:SHOWN_MAX])


def batches_after(batch: Remittance) -> list[Remittance]:
    """Return the batches in which what stood in this one stands now."""
    ids = [which for (which,) in sql.run("batches_after", remittance_id=batch.pk)]
    return list(Remittance.objects.filter(pk__in=ids).order_by("pk")) if ids else []


def waiting_return(remittance_id: int) -> Release | None:
    """Return what is asked about a batch's return and not decided."""
    asked = Release.objects.filter(
        kind=ReleaseKind.SENT_BACK, remittance_id=remittance_id, decided_at=None
    )
    return asked.select_related("movement", "maker").first()


def decided_return(remittance_id: int) -> Release | None:
    """Return what brought a batch back."""
    came = Release.objects.filter(
        kind=ReleaseKind.SENT_BACK, remittance_id=remittance_id, approved=True
    )
    return came.select_related("movement", "maker", "checker").first()


def waiting_refusal(remittance_id: int) -> RemittanceRefusal | None:
    """Return what is said of a batch coming to nothing that nobody has decided about."""
    asked = RemittanceRefusal.objects.filter(remittance=remittance_id, decided_at=None)
    return asked.select_related("report", "maker").first()


def to_decide() -> ToDecide:
    """Return what waits for a second person; a refusal that the bank overtook does not."""
    returns = list(
        Release.objects.filter(kind=ReleaseKind.SENT_BACK, decided_at=None).order_by("pk")[
            :SHOWN_MAX
        ]
    )
    batches = Remittance.objects.select_related("beneficiary").in_bulk(
        [one.remittance_id for one in returns if one.remittance_id]
    )
    refusals = RemittanceRefusal.objects.filter(
        decided_at=None, remittance__state__in=(M.APPROVED, M.SENT, M.ACKNOWLEDGED)
    ).select_related("remittance__beneficiary")
    return ToDecide(
        returns=[(one, batches[one.remittance_id or 0]) for one in returns],
        refusals=list(refusals.order_by("pk")[:SHOWN_MAX]),
    )


def _named(batch: Remittance, movements: list[Movement]) -> set[int]:
    words = (batch.end_to_end_id, batch.number)
    aliases = MovementAlias.objects.filter(
        movement__in=[one.pk for one in movements], external_id__in=words
    )
    by_id = set(aliases.values_list("movement_id", flat=True)) if movements else set()
    said = {
        one.pk
        for one in movements
        if any(word in f"{one.reference} {one.external_id}".upper() for word in words)
    }
    return by_id | said
