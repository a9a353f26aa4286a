"""What can be asked about refunds: the lists of a desk, one refund's story, a payer's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from payments.models import Payee, Refund
from payments.states import PayeeAccount
from payments.states import RefundState as R

PAGE = 50
COUNTED_MAX = 99
TWICE_MAX = 20
PAID_TWICE = "paid_twice"

# The lists of the desk, each of one kind of work; what waits for a person first.
LISTS: Mapping[str, Q] = {
    "proposed": Q(state=R.PROPOSED),
    "requested": Q(state=R.REQUESTED),
    "awaiting_funds": Q(state=R.AWAITING_FUNDS),
    "by_hand": Q(state=R.APPROVED, by_hand=True),
    "on_the_way": Q(state__in=(R.SENDING, R.PENDING)) | Q(state=R.APPROVED, by_hand=False),
    "unknown": Q(state=R.UNKNOWN),
    "failed": Q(state=R.FAILED),
    "done": Q(state=R.DONE),
    "declined": Q(state=R.DECLINED),
}
# Of these, how many wait is said.
WORK = ("proposed", "requested", "awaiting_funds", "by_hand", "on_the_way", "unknown")


class NoRefund(Exception):
    """No refund has this id."""


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund as a line of a list; amounts in minor units."""

    id: int
    rail_names: dict[str, str]
    external_id: str
    movement_id: int
    currency: str
    amount_minor: int
    reason: str
    rule: str
    state: str
    standing: str
    by_hand: bool
    since: datetime | None  # When it came into this list, as far as that is kept.
    maker_id: int | None


@dataclass(frozen=True, slots=True)
class PayeeView:
    """Who gets a refund by hand; the number and the name are for whoever pays her."""

    account_kind: str
    number: str = field(repr=False)
    bank: str
    holder: str = field(repr=False)
    code: str
    document_kind: str
    maker_id: int
    proven_at: datetime
    checker_id: int | None
    confirmed_at: datetime | None
    paid_by_id: int | None
    paid_at: datetime | None

    @property
    def is_phone(self) -> bool:
        return self.account_kind == PayeeAccount.PHONE


@dataclass(frozen=True, slots=True)
class RefundView:
    id: int
    key: UUID
    movement_id: int
    movement_minor: int
    external_id: str  # Of the collection that goes back.
    occurred_at: datetime
    rail_id: int
    rail_code: str
    rail_names: dict[str, str]
    rail_kind: str
    bill_id: int | None
    bill_key: UUID | None
    bill_reference: str
    service: dict[str, str]
    currency: str
    amount_minor: int
    reason: str
    rule: str
    state: str
    standing: str  # Of `ReturnStanding`; "" before anybody compared.
    by_hand: bool
    maker_id: int | None
    checker_id: int | None
    handle: str
    payout_id: str
    payout_movement_id: int | None
    failure_reason: str
    declined_for: str
    proposed_at: datetime | None
    requested_at: datetime | None
    decided_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None
    queries: int
    payee: PayeeView | None

    @property
    def is_in_part(self) -> bool:
        return self.amount_minor < self.movement_minor


@dataclass(frozen=True, slots=True)
class OwnRefund:
    """What a payer sees of money that goes back to her."""

    currency: str
    amount_minor: int
    state: str
    by_hand: bool
    has_payee: bool
    asked_at: datetime | None
    decided_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None


def listed(name: str, *, after: int | None = None) -> list[RefundRow]:
    """
    Return one page of a list and one row more, if there is one; the newest first.

    :param name: one of `LISTS`
    :param after: the id of the last row of the page before
    """
    rows = _rows(LISTS[name])
    if after is not None:
        rows = rows.filter(pk__lt=after)
    if name == "proposed":
        rows = rows.exclude(rule=PAID_TWICE)
    return [_row(one) for one in rows[: PAGE + 1]]


def paid_twice() -> list[RefundRow]:
    """Return what was paid twice and nobody has taken up, the newest first, a page's head."""
    return [_row(one) for one in _rows(LISTS["proposed"] & Q(rule=PAID_TWICE))[:TWICE_MAX]]


def waiting() -> dict[str, int]:
    """Return how many stand in each list of work, none counted further than one over the most."""
    return {name: Refund.objects.filter(LISTS[name])[: COUNTED_MAX + 1].count() for name in WORK}


def refund(refund_id: int) -> RefundView:
    """:raises NoRefund: if there is none"""
    rows = Refund.objects.select_related("movement__rail", "bill", "payee", "payout")
    found = rows.filter(pk=refund_id).first()
    if found is None:
        raise NoRefund(refund_id)
    return _view(found)


def for_bill(bill_id: int) -> list[OwnRefund]:
    """Return what goes back, or is to, of a bill's money, for its payer; the newest first."""
    rows = Refund.objects.select_related("payee").filter(bill_id=bill_id).order_by("-pk")[:10]
    return [
        OwnRefund(
            currency=one.currency,
            amount_minor=one.amount_minor,
            state=one.state,
            by_hand=one.by_hand,
            has_payee=hasattr(one, "payee") and one.payee.confirmed_at is not None,
            asked_at=one.requested_at or one.proposed_at,
            decided_at=one.decided_at,
            sent_at=one.sent_at,
            ended_at=one.ended_at,
        )
        for one in rows
    ]


def _rows(which: Q) -> QuerySet[Refund]:
    return Refund.objects.filter(which).select_related("movement__rail").order_by("-pk")


def _row(one: Refund) -> RefundRow:
    return RefundRow(
        id=one.pk,
        rail_names=one.movement.rail.names,
        external_id=one.movement.external_id,
        movement_id=one.movement_id,
        currency=one.currency,
        amount_minor=one.amount_minor,
        reason=one.reason,
        rule=one.rule,
        state=one.state,
        standing=one.standing,
        by_hand=one.by_hand,
        since=one.ended_at or one.sent_at or one.decided_at or one.requested_at or one.proposed_at,
        maker_id=one.maker_id,
    )


def _view(one: Refund) -> RefundView:
    movement, bill = one.movement, one.bill
    payout = getattr(one, "payout", None)
    return RefundView(
        id=one.pk,
        key=one.key,
        movement_id=movement.pk,
        movement_minor=movement.amount_minor,
        external_id=movement.external_id,
        occurred_at=movement.occurred_at,
        rail_id=movement.rail_id,
        rail_code=movement.rail.code,
        rail_names=movement.rail.names,
        rail_kind=movement.rail.kind,
        bill_id=bill.pk if bill else None,
        bill_key=bill.key if bill else None,
        bill_reference=bill.reference if bill else "",
        service=bill.description if bill else {},
        currency=one.currency,
        amount_minor=one.amount_minor,
        reason=one.reason,
        rule=one.rule,
        state=one.state,
        standing=one.standing,
        by_hand=one.by_hand,
        maker_id=one.maker_id,
        checker_id=one.checker_id,
        handle=one.handle,
        payout_id=payout.external_id if payout else one.external_id,
        payout_movement_id=payout.pk if payout else None,
        failure_reason=one.failure_reason,
        declined_for=one.declined_for,
        proposed_at=one.proposed_at,
        requested_at=one.requested_at,
        decided_at=one.decided_at,
        sent_at=one.sent_at,
        ended_at=one.ended_at,
        queries=one.queries,
        payee=_payee(getattr(one, "payee", None)),
    )


def _payee(one: Payee | None) -> PayeeView | None:
    if one is None:
        return None
    return PayeeView(
        account_kind=one.account_kind,
        number=one.number,
        bank=one.bank,
        holder=one.holder,
        code=one.code,
        document_kind=one.document_kind,
        maker_id=one.maker_id,
        proven_at=one.proven_at,
        checker_id=one.checker_id,
        confirmed_at=one.confirmed_at,
        paid_by_id=one.paid_by_id,
        paid_at=one.paid_at,
    )
