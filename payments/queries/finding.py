"""
Where somebody's money is, by the network's code and the phone that paid.

Nobody is told anything who does not know both. A code alone, a phone alone and two that do not
belong together are one answer, and cost the same queries.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db.models import Q, QuerySet

from accounts import queries as accounts
from kernel.crypto import blind_index
from payments import gateways
from payments.models import (
    Allocation,
    Bill,
    Claim,
    Evidence,
    InboundMessage,
    Movement,
    MovementAlias,
    OpenItem,
    PaymentAttempt,
    Rail,
    Refund,
    SuspenseItem,
)
from payments.states import REFUND_HOLDS_MONEY, Leg, RefundState, Source

CODE_MAX = 100
FOUND_MAX = 5
_EVIDENCE_MAX = 5
_GAPS = re.compile(r"[\s.\-/]+")
# Asked after where there is nothing, so that nothing takes as long as something.
_NO_ROW = 0
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where one collection is now; amounts in minor units, each part of it once."""

    movement_id: int
    rail_id: int
    rail_code: str
    rail_names: dict[str, str]
    external_id: str
    currency: str
    amount_minor: int
    occurred_at: datetime
    paid_minor: int  # On bills.
    service: dict[str, str]  # Of the bill that it pays, or was meant for; {} for none.
    bill_id: int | None
    suspense_minor: int
    reason: str  # Why it stands in suspense.
    back_minor: int  # Asked to go back, on its way back, or gone back.
    back_state: str  # Of the newest refund that is not declined; "" without one.
    claims: tuple[str, ...] = ()  # The numbers of those that wait for an answer.
    phones: frozenset[str] = field(default=frozenset(), repr=False)  # Of whoever may have paid.
    payer_contact_id: int | None = None  # Of whoever was billed.


def spellings(code: str) -> list[str]:
    """Return what a network may have meant by a code as people type it: spaced, in any case."""
    typed = code.strip()[:CODE_MAX].replace("\0", "")
    close = _GAPS.sub("", typed)
    unspaced = re.sub(r"\s+", "", typed)
    forms = (f(one) for one in (typed, unspaced, close) for f in (str, str.upper, str.lower))
    return [one for one in dict.fromkeys(forms) if one]


def by_code(code: str) -> list[Whereabouts]:
    """Return the collections that a network's code names, on any rail."""
    names = spellings(code) or [""]
    rail_ids = list(Rail.objects.values_list("pk", flat=True))
    aliases = MovementAlias.objects.filter(
        rail_id__in=rail_ids, external_id__in=names, leg=Leg.CREDIT
    ).values_list("movement_id", flat=True)[:FOUND_MAX]
    movements = Movement.objects.select_related("rail", "attempt").filter(
        Q(rail_id__in=rail_ids, external_id__in=names, leg=Leg.CREDIT)
        | Q(pk__in=[*aliases, _NO_ROW])
    )
    return whereabouts(list(movements.order_by("-pk")[:FOUND_MAX]))


def by_code_and_phone(code: str, phone: str) -> list[Whereabouts]:
    """
    Return the collections that this code names, and that this phone paid or was billed for.

    :param phone: E.164
    """
    contact_id = accounts.phone_contact_id(phone)
    return [
        one
        for one in by_code(code)
        if phone in one.phones or (contact_id is not None and contact_id == one.payer_contact_id)
    ]


def is_being_booked(code: str, phone: str) -> bool:
    """Say whether this phone said yes to a prompt that the network calls by this code."""
    attempts = PaymentAttempt.objects.filter(
        phone_index=blind_index("phone", phone), external_id__in=spellings(code) or [""]
    )
    return attempts.exclude(external_id="").exists()


def by_phone(phone: str, *, limit: int) -> list[int]:
    """Return the collections that answered prompts on this phone, newest first; for a desk."""
    attempts = PaymentAttempt.objects.filter(phone_index=blind_index("phone", phone))
    paid = Movement.objects.filter(attempt_id__in=attempts.values("pk"), leg=Leg.CREDIT)
    return list(paid.order_by("-pk").values_list("pk", flat=True)[:limit])


def by_reference(reference: str, *, limit: int) -> list[int]:
    """Return the collections that stand on a bill or were meant for it, newest first."""
    allocated = Allocation.objects.filter(line__bill__reference=reference)
    suspended = SuspenseItem.objects.filter(bill__reference=reference)
    ids = {
        *allocated.values_list("movement_id", flat=True)[:limit],
        *suspended.values_list("movement_id", flat=True)[:limit],
    }
    return sorted(ids, reverse=True)[:limit]


def of_movements(movement_ids: Collection[int]) -> list[Whereabouts]:
    """Return where these collections are, the newest first."""
    rows = Movement.objects.select_related("rail", "attempt").filter(
        pk__in=movement_ids, leg=Leg.CREDIT
    )
    return whereabouts(list(rows.order_by("-pk")))


def whereabouts(movements: Sequence[Movement]) -> list[Whereabouts]:
    """Return where each of them is; by seven queries however many they are."""
    ids = [movement.pk for movement in movements] or [_NO_ROW]
    allocated = list(
        Allocation.objects.filter(movement_id__in=ids)
        .order_by("pk")
        .values_list("movement_id", "amount_minor", "line__bill_id")
    )
    suspended = list(SuspenseItem.objects.filter(movement_id__in=ids).order_by("pk"))
    refunds = list(
        Refund.objects.filter(movement_id__in=ids)
        .exclude(state__in=[RefundState.DECLINED, RefundState.FAILED])
        .order_by("pk")
    )
    claims = list(
        Claim.objects.filter(movement_id__in=ids, answered_at=None)
        .order_by("pk")
        .values_list("movement_id", "number")
    )
    meant = {bill_id for _, _, bill_id in allocated} | {one.bill_id for one in suspended}
    meant |= {one.attempt.bill_id for one in movements if one.attempt}
    bills = Bill.objects.in_bulk([*(each for each in meant if each), _NO_ROW])
    told = _told_phones(ids)
    return [
        _one(
            movement,
            allocated=[row for row in allocated if row[0] == movement.pk],
            suspended=[row for row in suspended if row.movement_id == movement.pk],
            refunds=[row for row in refunds if row.movement_id == movement.pk],
            claims=tuple(number for pk, number in claims if pk == movement.pk),
            bills=bills,
            phones=told.get(movement.pk, set()),
        )
        for movement in movements
    ]


def _one(
    movement: Movement,
    *,
    allocated: list[tuple[int, int, int]],
    suspended: list[SuspenseItem],
    refunds: list[Refund],
    claims: tuple[str, ...],
    bills: dict[int, Bill],
    phones: set[str],
) -> Whereabouts:
    came = [row for row in suspended if row.amount_minor > 0]
    paid = [bill_id for _, amount_minor, bill_id in allocated if amount_minor > 0]
    meant = [row.bill_id for row in came if row.bill_id]
    asked = [movement.attempt.bill_id] if movement.attempt else []
    bill = bills.get(next(iter([*paid, *meant, *asked]), _NO_ROW))
    goes = [row for row in refunds if row.state != RefundState.PROPOSED]
    shown = (goes or refunds)[-1:]
    return Whereabouts(
        movement_id=movement.pk,
        rail_id=movement.rail_id,
        rail_code=movement.rail.code,
        rail_names=movement.rail.names,
        external_id=movement.external_id,
        currency=movement.currency,
        amount_minor=movement.amount_minor,
        occurred_at=movement.occurred_at,
        paid_minor=sum(amount_minor for _, amount_minor, _ in allocated),
        service=bill.description if bill else {},
        bill_id=bill.pk if bill else None,
        suspense_minor=sum(row.amount_minor for row in suspended),
        reason=came[-1].reason if came else "",
        back_minor=sum(row.amount_minor for row in refunds if row.state in REFUND_HOLDS_MONEY),
        back_state=shown[0].state if shown else "",
        claims=claims,
        phones=frozenset(phones | _asked_phones(movement)),
        payer_contact_id=bill.payer_contact_id if bill else None,
    )


def _asked_phones(movement: Movement) -> set[str]:
    return {movement.attempt.phone} if movement.attempt else set()


def _told_phones(movement_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return, by movement, the phones that the provider named as the payer's."""
    seen = list(
        Evidence.objects.filter(movement_id__in=movement_ids, source=Source.MESSAGE).order_by(
            "source_at", "source_id"
        )[: _EVIDENCE_MAX * FOUND_MAX]
    )
    messages = {
        message.pk: message
        for message in InboundMessage.objects.filter(
            pk__in=[*(one.source_id for one in seen), _NO_ROW],
            received_at__in=[one.source_at for one in seen] or [_NEVER],
        )
    }
    phones: dict[int, set[str]] = {}
    for one in seen:
        message = messages.get(one.source_id)
        vendor = gateways.VENDORS.get(message.kind.partition(".")[0]) if message else None
        if message is None or vendor is None or vendor.payer is None:
            continue
        if phone := vendor.payer(message.kind, bytes(message.body)):
            phones.setdefault(one.movement_id, set()).add(phone)
    return phones


def in_suspense(amount_minor: int, *, since: datetime, until: datetime, limit: int) -> list[int]:
    """Return the collections of which this amount stands in suspense since then, newest first."""
    items = OpenItem.objects.filter(
        amount_minor=amount_minor, opened_at__gte=since, opened_at__lt=until
    )
    return list(items.order_by("-pk").values_list("pk", flat=True)[:limit])


@dataclass(frozen=True, slots=True)
class ClaimView:
    """
    A claim with what became of it.

    `state` is "open", "proven", "decided" (its match or refund waits for, or has, the second
    person's word: `answer_state`) or "refused".
    """

    id: int
    number: str
    movement_id: int
    code: str
    phone: str = field(repr=False)
    opened_at: datetime
    opened_by_id: int | None
    document_kind: str
    proven_by_id: int | None
    proven_at: datetime | None
    match_id: int | None
    refund_id: int | None
    refused_for: str
    answered_by_id: int | None
    answered_at: datetime | None
    rail_code: str
    approved: bool | None  # Of the match, or of the refund; None: not decided.
    refund_state: str

    @property
    def state(self) -> str:
        if self.refused_for:
            return "refused"
        if self.answered_at:
            return "decided"
        return "proven" if self.proven_at else "open"


class NoClaim(Exception):
    """There is no such claim, or not of this phone."""


def claim(claim_id: int) -> ClaimView:
    """:raises NoClaim: if there is none"""
    return _claim(_claims().filter(pk=claim_id).first())


def claim_id(number: str) -> int:
    """:raises NoClaim: if no claim has this number"""
    found = Claim.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise NoClaim
    return found


def own_claim(number: str, phone: str) -> ClaimView:
    """
    Return a claim to whoever knows its number and the phone that opened it.

    :raises NoClaim: if these are not of one claim
    """
    named = number.strip().upper()[:CODE_MAX]
    return _claim(_claims().filter(number=named, phone_index=blind_index("phone", phone)).first())


def claims_waiting(*, limit: int, after: int = 0) -> list[ClaimView]:
    """Return the claims without an answer, the oldest first."""
    rows = _claims().filter(answered_at=None, pk__gt=after).order_by("pk")
    return [_claim(row) for row in rows[:limit]]


def _claims() -> QuerySet[Claim]:
    return Claim.objects.select_related("movement__rail", "match", "refund")


def _claim(row: Claim | None) -> ClaimView:
    if row is None:
        raise NoClaim
    declined = row.refund is not None and row.refund.state == RefundState.DECLINED
    undecided = row.refund is not None and row.refund.decided_at is None
    approved = row.match.approved if row.match else None if undecided else not declined
    return ClaimView(
        id=row.pk,
        number=row.number,
        movement_id=row.movement_id,
        code=row.code,
        phone=row.phone,
        opened_at=row.opened_at,
        opened_by_id=row.opened_by_id,
        document_kind=row.document_kind,
        proven_by_id=row.proven_by_id,
        proven_at=row.proven_at,
        match_id=row.match_id,
        refund_id=row.refund_id,
        refused_for=row.refused_for,
        answered_by_id=row.answered_by_id,
        answered_at=row.answered_at,
        rail_code=row.movement.rail.code,
        approved=approved,
        refund_state=row.refund.state if row.refund else "",
    )
