"""Refunds of what was paid twice, and a provider that says what a test tells it to."""

from datetime import timedelta

from django.db import connection

from payments.gateways.refund import RefundAnswer
from payments.models import Alarm, Bill, Movement, Refund
from payments.operations import refunding, repaying
from payments.states import AlarmKind
from tests.payments import deciding
from tests.payments.world import issue, post, telling
from tests.world import NOON

SOON = NOON + timedelta(minutes=1)
UNTIL = SOON + timedelta(seconds=8)


class Provider:
    """Says what a test tells it to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.sent: list[object] = []
        self.on_send: Exception | str = "HANDLE"
        self.on_status: Exception | RefundAnswer | None = None

    def send(self, order):
        self.sent.append(order)
        if isinstance(self.on_send, Exception):
            raise self.on_send
        return self.on_send

    def status(self, order):
        if isinstance(self.on_status, Exception):
            raise self.on_status
        return self.on_status


def paid_twice(world) -> tuple[Bill, Movement]:
    """A bill of 500 that was paid on one rail and then again on the other."""
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500))
    post(telling(world.bank, bill.reference, 500, external_id="AGAIN"))
    return Bill.objects.get(pk=bill.id), Movement.objects.get(external_id="AGAIN")


def approved(movement: Movement, maker: int, checker: int, amount_minor: int = 500) -> Refund:
    refund_id = refunding.ask(
        movement_id=movement.pk,
        amount_minor=amount_minor,
        reason="paid twice",
        by_id=maker,
        at=NOON,
    )
    deciding.approve(refund_id=refund_id, by_id=checker, at=NOON)
    return Refund.objects.get(pk=refund_id)


def send(refund: Refund) -> str:
    assert repaying.claim_refunds(limit=1, now=SOON, until=UNTIL) == [refund.pk]
    repaying.send_refund(refund_id=refund.pk, clock=lambda: SOON)
    refund.refresh_from_db()
    return refund.state


def check_everything() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def ringing(kind: AlarmKind) -> list[str]:
    rows = Alarm.objects.filter(kind=kind, cleared_at=None)
    return list(rows.values_list("subject", flat=True))
