"""What can be asked about bills and rails, and what still waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel import references
from kernel.country import country
from payments.gateways.base import Payable
from payments.models import Bill, BillLine, Rail
from payments.states import BillState


class NoBill(Exception):
    """No bill has this id, key or reference."""


class NoRail(Exception):
    """No rail has this code."""


@dataclass(frozen=True, slots=True)
class LineView:
    line_no: int
    charge_key: str
    names: dict[str, str]
    amount_minor: int
    beneficiary_id: int
    revenue_code: str
    legal_source: str
    legal_checked: bool
    returnable: dict[str, Any]  # As `payments.returnable.Terms` reads it.


@dataclass(frozen=True, slots=True)
class BillView:
    id: int
    key: UUID
    reference: str
    currency: str
    total_minor: int
    paid_minor: int
    state: str
    description: dict[str, str]
    payer_contact_id: int | None
    issued_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    successor_id: int | None
    lines: tuple[LineView, ...]

    @property
    def due_minor(self) -> int:
        return self.total_minor - self.paid_minor


@dataclass(frozen=True, slots=True)
class RailView:
    id: int
    code: str
    kind: str
    provider: str
    currency: str
    by_contract: bool
    active: bool


_REASONS = {
    BillState.PAID: "already_paid",
    BillState.EXPIRED: "expired",
    BillState.CANCELLED: "cancelled",
    BillState.REPLACED: "replaced",
}


def bill(bill_id: int) -> BillView:
    """:raises NoBill: if there is none"""
    return _view(Bill.objects.filter(pk=bill_id).first())


def bill_by_key(key: UUID) -> BillView:
    """:raises NoBill: if there is none"""
    return _view(Bill.objects.filter(key=key).first())


def bill_by_reference(typed: str) -> BillView:
    """
    Return the bill of a reference as a person types it: spaced, with RF, with one slip.

    :raises NoBill: if it is no reference, or nobody's
    """
    reference = references.normalise(typed)
    return _view(Bill.objects.filter(reference=reference).first() if reference else None)


def payable(typed: str, *, at: datetime) -> Payable:
    """Say whether a reference, as typed, can be paid now and what it asks; with one query."""
    reference = references.normalise(typed)
    if reference is None:
        return Payable(reference="", reason="not_a_reference")
    found = Bill.objects.filter(reference=reference).first()
    if found is None:
        return Payable(reference=reference, reason="unknown_reference")
    state = BillState(found.state)
    # The sweep that moves it to EXPIRED may be late; the answer must not be.
    late = state in {BillState.OPEN, BillState.PART_PAID} and found.expires_at <= at
    return Payable(
        reference=reference,
        reason="expired" if late else _REASONS.get(state, ""),
        due_minor=found.total_minor - found.paid_minor,
        currency=found.currency,
        takes_parts=found.takes_parts,
        service=_in_the_countrys_language(found.description),
        description=found.description,
    )


def _in_the_countrys_language(description: dict[str, str]) -> str:
    for language in (country().default_language, *country().languages):
        if description.get(language):
            return description[language]
    return next(iter(description.values()), "")


def rail(code: str) -> RailView:
    """:raises NoRail: if there is none"""
    found = Rail.objects.filter(code=code).first()
    if found is None:
        raise NoRail(code)
    return RailView(
        id=found.pk,
        code=found.code,
        kind=found.kind,
        provider=found.provider,
        currency=found.currency,
        by_contract=found.by_contract,
        active=found.active,
    )


def _view(found: Bill | None) -> BillView:
    if found is None:
        raise NoBill
    return BillView(
        id=found.pk,
        key=found.key,
        reference=found.reference,
        currency=found.currency,
        total_minor=found.total_minor,
        paid_minor=found.paid_minor,
        state=found.state,
        description=found.description,
        payer_contact_id=found.payer_contact_id,
        issued_at=found.issued_at,
        expires_at=found.expires_at,
        paid_at=found.paid_at,
        successor_id=found.successor_id,
        lines=tuple(_line(line) for line in found.lines.order_by("line_no")),
    )


def _line(line: BillLine) -> LineView:
    return LineView(
        line_no=line.line_no,
        charge_key=line.charge_key,
        names=line.names,
        amount_minor=line.amount_minor,
        beneficiary_id=line.beneficiary_id,
        revenue_code=line.revenue_code,
        legal_source=line.legal_source,
        legal_checked=line.legal_checked,
        returnable=line.returnable,
    )
