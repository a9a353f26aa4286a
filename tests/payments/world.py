"""Rails, beneficiaries, bills and tellings for the tests of money."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from django.db import transaction

from payments import ledger, posting
from payments.gateways.base import Collection, Debit
from payments.models import Bill, Movement, Rail, Refund
from payments.operations import billing
from payments.queries import BillView
from payments.states import Leg
from places.models import Beneficiary
from tests.accounts.people import staff
from tests.world import NOON

_numbers = count(1)


@dataclass(frozen=True)
class World:
    mtn: Rail
    bank: Rail


def make_world() -> World:
    """Two rails in francs, two beneficiaries, the days around NOON."""
    for code in ("district-11", "treasury"):
        Beneficiary.objects.get_or_create(
            code=code,
            defaults={"names": {"en": code}, "kind": Beneficiary.Kind.TREASURY},
        )
    rails = {
        kind: Rail.objects.get_or_create(
            code=code,
            defaults={
                "kind": kind,
                "provider": kind,
                "names": {"en": code},
                "currency": "RWF",
                "prefixes": [],
                "steps": {},
                "by_contract": kind == "bycontract",
                "active": True,
                "position": 0,
            },
        )[0]
        for kind, code in (("mtn", "mtn-rw"), ("bycontract", "bank-rw"))
    }
    ledger.open_rail_accounts([(rail.pk, "RWF") for rail in rails.values()])
    ledger.open_days((NOON - timedelta(days=3)).date(), (NOON + timedelta(days=20)).date())
    return World(mtn=rails["mtn"], bank=rails["bycontract"])


def fee(amount_minor: int, *, charge_key: str = "", to: str = "district-11") -> billing.NewLine:
    return billing.NewLine(
        charge_key=charge_key or f"test:{next(_numbers)}",
        names={"en": "Fee"},
        amount_minor=amount_minor,
        beneficiary_code=to,
        revenue_code="R1",
        legal_source="Order 1/2020",
        legal_checked=False,
    )


def issue(*amounts: int, currency: str = "RWF", at: datetime = NOON) -> BillView:
    return billing.issue_bill(
        lines=[
            fee(amount, to="district-11" if i % 2 == 0 else "treasury")
            for i, amount in enumerate(amounts)
        ],
        currency=currency,
        description={"en": "Birth certificate", "fr": "Certificat de naissance"},
        payer_contact_id=None,
        at=at,
        expires_at=at + timedelta(days=7),
    )


def telling(
    rail: Rail,
    reference: str,
    amount_minor: int,
    *,
    external_id: str = "",
    currency: str = "RWF",
    occurred_at: datetime = NOON,
    source_id: int = 0,
    source: str = "message",
    other_ids: tuple[str, ...] = (),
) -> posting.Telling:
    number = next(_numbers)
    return posting.Telling(
        rail_id=rail.pk,
        told=Collection(
            external_id=external_id or f"T{number}",
            reference=reference,
            amount_minor=amount_minor,
            currency=currency,
            occurred_at=occurred_at,
            other_ids=other_ids,
        ),
        source=source,
        source_id=source_id or number,
        source_at=occurred_at,
    )


def debit(
    rail: Rail,
    leg: Leg,
    amount_minor: int,
    *,
    external_id: str = "",
    original: str = "",
    key: UUID | None = None,
    currency: str = "RWF",
    occurred_at: datetime = NOON,
    source: str = "message",
    last_try: bool = False,
) -> posting.Telling:
    number = next(_numbers)
    return posting.Telling(
        rail_id=rail.pk,
        told=Debit(
            leg=leg,
            external_id=external_id or f"D{number}",
            amount_minor=amount_minor,
            currency=currency,
            occurred_at=occurred_at,
            original_id=original,
            key=key,
        ),
        source=source,
        source_id=number,
        source_at=occurred_at,
        last_try=last_try,
    )


def post(*tellings: posting.Telling, at: datetime = NOON) -> posting.Posted:
    with transaction.atomic():
        return posting.post(tellings, at=at)


def in_flight(
    rail: Rail, external_id: str, amount_minor: int, *, state: str = "PENDING", at: datetime = NOON
) -> Refund:
    """A refund of a posted collection that two people asked for, and that has left us."""
    movement = Movement.objects.get(rail=rail, external_id=external_id, leg=Leg.CREDIT)
    maker, checker = staff(), staff()
    with transaction.atomic():
        refund = Refund.objects.create(
            movement=movement,
            currency=movement.currency,
            amount_minor=amount_minor,
            reason="paid twice",
            state="REQUESTED",
            maker=maker,
        )
        posting.hold_refund(refund.pk, at=at)
        Refund.objects.filter(pk=refund.pk).update(state="APPROVED", checker=checker, decided_at=at)
    for step in {"APPROVED": [], "PENDING": ["SENDING", "PENDING"]}[state]:
        Refund.objects.filter(pk=refund.pk).update(state=step)
    return refund


def give_back(refund: Refund, *, at: datetime = NOON) -> None:
    """The provider will not: the refund has failed."""
    with transaction.atomic():
        posting.put_back_refund(refund.pk, at=at)
        Refund.objects.filter(pk=refund.pk).update(state="FAILED")


def state_of(bill: BillView) -> tuple[str, int]:
    return Bill.objects.values_list("state", "paid_minor").get(pk=bill.id)
