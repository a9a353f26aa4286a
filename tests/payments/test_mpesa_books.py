"""M-Pesa's list, balance, statement and refunds, as they meet our books."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from payments import callbacks, gateways, statements
from payments.gateways.base import Context, Heard
from payments.gateways.mpesa import balance
from payments.gateways.mpesa.balance import MpesaBalance
from payments.gateways.refund import RefundOrder
from payments.models import Movement, Refund
from payments.operations import refunding, repaying
from payments.posting import post_inbox
from payments.states import Leg
from payments.states import RefundState as R
from tests.accounts.people import officer
from tests.payments import deciding, mpesa_wire
from tests.payments.mpesa_wire import LEASE, NOW, RAIL, Wire, asks, bill, pays
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with mpesa_wire.caught() as caught:
        yield caught


@pytest.fixture(scope="module")
def _process(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with mpesa_wire.twin(wire, tmp_path_factory.mktemp("mpesa")) as process:
        yield process


@pytest.fixture
def sandbox(_process: SandboxProcess, wire: Wire, settings: Any) -> SandboxProcess:
    mpesa_wire.make_kenya(settings, wire, _process)
    return _process


def _list(until: datetime) -> list[bytes]:
    return list(
        gateways.pulls(kind="mpesa", rail_code=RAIL).pull(
            since=until - timedelta(hours=2), until=until
        )
    )


def test_the_list_tells_of_money_whose_confirmation_was_lost(sandbox, wire):
    sandbox.faults(mpesa_callback="never")
    done = pays(sandbox, "a slip", blind=True)
    assert done["state"] == "WAITING"
    pages = _list(timezone.now() + timedelta(minutes=1))
    told = [
        money
        for page in pages
        for money in gateways.PARSERS["mpesa.pull"](
            page, Context(received_at=NOW, external_hint="")
        )
    ]
    found = next(money for money in told if money.external_id == done["id"])
    assert (found.reference, found.amount_minor) == ("a slip", 500_00)
    assert abs(found.occurred_at - timezone.now()) < timedelta(minutes=2)


def test_a_refund_goes_back_and_is_told_at_our_door(sandbox, wire):
    pays(sandbox, "another slip", blind=True)  # Charges have made one payment too small.
    done = pays(sandbox, "a slip", blind=True)
    gateway = gateways.refunds(kind="mpesa", rail_code=RAIL)
    key = uuid4()
    order = RefundOrder(
        key=key,
        movement_id=done["id"],
        attempt_key=None,
        amount_minor=500_00,
        movement_minor=500_00,
        currency="KES",
        reference="",
    )
    handle = gateway.send(order)
    [told], answered = _payouts(*wire.next("/result/refund/"), key)
    assert answered == handle
    assert (told.leg, told.original_id, told.amount_minor) == (Leg.PAYOUT, done["id"], 500_00)

    gateway.status(_with_handle(order, handle))
    [again], answered = _payouts(*wire.next("/result/refund-status/"), key)
    assert answered == handle
    assert (again.external_id, again.amount_minor) == (told.external_id, told.amount_minor)

    gateway.send(order)
    nothing, _ = _payouts(*wire.next("/result/refund/"), key)
    assert nothing == ()  # Reversed already: once, and no more.


def _payouts(path: str, body: bytes, key: UUID) -> tuple[Any, str]:
    rest = tuple(path.split("/")[3:])
    heard = Heard(method="POST", path=rest, headers={}, body=body, at=NOW)
    answered = callbacks.judge(heard, rail_code=RAIL)
    parse = gateways.PARSERS[answered.kind]  # type: ignore[union-attr]
    told = parse(body, Context(received_at=NOW, external_hint=str(key)))
    return told, answered.handle  # type: ignore[union-attr]


def _with_handle(order: RefundOrder, handle: str) -> RefundOrder:
    return RefundOrder(
        key=order.key,
        movement_id=order.movement_id,
        attempt_key=None,
        amount_minor=order.amount_minor,
        movement_minor=order.movement_minor,
        currency=order.currency,
        reference=order.reference,
        handle=handle,
    )


def test_the_control_total_is_what_the_portal_shows(sandbox, wire):
    pays(sandbox, "a slip", blind=True)
    contract = gateways.contract(RAIL)
    MpesaBalance(rail_code=RAIL, contract=contract).balance(key=uuid4())
    _, body = wire.next("/result/balance/")
    rows = sandbox.get("/mpesa/portal/statement.csv").text.splitlines()
    newest = next(row for row in rows if ",Completed," in row)
    held = balance.read_balance(body).control_minor
    assert f"{held / 100:,.2f}" in newest


def test_the_portals_statement_names_what_the_list_names(sandbox, wire):
    pays(sandbox, "a slip", "1053", blind=True)
    done = pays(sandbox, "another slip", blind=True)
    back = sandbox.post("/acts/mpesa/reverse", {"id": done["id"]}).json()
    day = sandbox.get("/mpesa/portal/statement.csv").content
    [statement] = statements.read(day)
    assert statement.balances
    by_id = {entry.bank_ids[0]: entry for entry in statement.entries}
    paid, reversal = by_id[done["id"]], by_id[back["id"]]
    assert (paid.amount_minor, paid.is_reversal) == (500_00, False)
    assert "another slip" in paid.references
    assert (reversal.amount_minor, reversal.is_reversal) == (-500_00, True)
    assert reversal.original_id == done["id"]
    assert "charge" in {entry.kind for entry in statement.entries}


def paid_twice(process: SandboxProcess, wire: Wire) -> Movement:
    """A bill that was paid to the pay bill number, and again."""
    issued = bill(500_00)
    for _ in range(2):
        pays(process, issued.reference, blind=True)
        wire.arrives("/confirmation")
        asks()
        wire.arrives("/result/inquiry/")
    post_inbox(batch_max=20, now=NOW)
    return Movement.objects.latest("pk")


def sent(movement: Movement) -> Refund:
    """A refund that one person asked for, another approved, and that has left."""
    refund_id = refunding.ask(
        movement_id=movement.pk,
        amount_minor=movement.amount_minor,
        reason="paid twice",
        by_id=officer("refund.ask"),
        at=NOW,
    )
    deciding.approve(refund_id=refund_id, by_id=officer("refund.decide"), at=NOW)
    repaying.claim_refunds(limit=1, now=NOW, until=NOW + LEASE)
    repaying.send_refund(refund_id=refund_id, clock=lambda: NOW)
    return Refund.objects.get(pk=refund_id)


def state_of(refund: Refund) -> str:
    post_inbox(batch_max=20, now=NOW)
    refund.refresh_from_db()
    return refund.state


def test_a_refund_is_done_once_its_result_came(sandbox, wire):
    refund = sent(paid_twice(sandbox, wire))
    assert state_of(refund) == R.PENDING
    wire.arrives("/result/refund/")
    assert state_of(refund) == R.DONE
    payout = Movement.objects.get(leg=Leg.PAYOUT)
    assert (payout.amount_minor, payout.refund_id) == (500_00, refund.pk)


def test_a_refund_whose_result_was_lost_is_asked_after(sandbox, wire):
    movement = paid_twice(sandbox, wire)
    sandbox.faults(mpesa_result="never")
    refund = sent(movement)
    sandbox.faults()
    repaying.ask_after_refund(refund_id=refund.pk, clock=lambda: NOW)
    wire.arrives("/result/refund-status/")
    assert state_of(refund) == R.DONE
    assert Movement.objects.filter(leg=Leg.PAYOUT).count() == 1


def test_a_forged_result_makes_no_refund_done(sandbox, wire):
    movement = paid_twice(sandbox, wire)
    sandbox.faults(mpesa_result="forged")
    refund = sent(movement)
    wire.arrives("/result/refund/")
    assert state_of(refund) == R.PENDING
    assert not Movement.objects.filter(leg=Leg.PAYOUT).exists()


def test_a_refund_of_what_is_gone_already_waits_for_the_statement(sandbox, wire):
    movement = paid_twice(sandbox, wire)
    sandbox.post("/acts/mpesa/reverse", {"id": movement.external_id}).raise_for_status()
    refund = sent(movement)
    wire.arrives("/result/refund/")
    assert state_of(refund) == R.PENDING
