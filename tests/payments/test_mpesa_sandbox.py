"""Our words to M-Pesa and the sandbox's own reading of its pages: two hands, one wire."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from payments.models import Bill, InboundMessage, Inquiry, Movement, PaymentAttempt
from payments.operations import asking_after, prompting
from payments.posting import post_inbox
from tests.payments import mpesa_wire
from tests.payments.mpesa_wire import LEASE, NOW, PAYER, RAIL, Wire, asks, bill, pays, say
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


def prompted(reference_id: int) -> PaymentAttempt:
    attempt_id = prompting.ask(bill_id=reference_id, rail_code=RAIL, phone=f"+{PAYER}", at=NOW)
    prompting.claim_prompts(limit=1, now=NOW, until=NOW + LEASE)
    prompting.send_prompt(attempt_id=attempt_id, clock=lambda: NOW)
    return PaymentAttempt.objects.get(pk=attempt_id)


def presses(sandbox: SandboxProcess, attempt: PaymentAttempt, **how: Any) -> None:
    path = f"/phone/{PAYER}/prompts/{attempt.handle}/answer"
    sandbox.post(path, how or {"pin": "1234"}).raise_for_status()


def is_paid(issued: Any) -> bool:
    post_inbox(batch_max=20, now=NOW)
    return Bill.objects.get(pk=issued.id).state == "PAID"


def test_a_payment_to_the_pay_bill_is_believed_once_its_status_came(sandbox, wire):
    issued = bill(500_00)
    done = pays(sandbox, issued.reference)
    wire.arrives("/confirmation")
    assert not is_paid(issued)
    asks()
    assert not is_paid(issued)
    wire.arrives("/result/inquiry/")
    assert is_paid(issued)
    [movement] = Movement.objects.all()
    assert (movement.external_id, movement.amount_minor) == (done["id"], 500_00)


def test_a_confirmation_of_money_that_never_came_pays_nothing(sandbox, wire):
    issued = bill(500_00)
    sandbox.faults(mpesa_callback="lies")
    pays(sandbox, issued.reference)
    wire.arrives("/confirmation")
    asks()
    wire.arrives("/result/inquiry/")
    assert not is_paid(issued)
    assert not Movement.objects.exists()
    assert Inquiry.objects.get().state == "ASKED"  # It will be asked again.


def test_a_result_under_another_handle_is_nobodys(sandbox, wire):
    issued = bill(500_00)
    pays(sandbox, issued.reference)
    wire.arrives("/confirmation")
    sandbox.faults(mpesa_result="forged")
    asks()
    wire.arrives("/result/inquiry/")
    assert not is_paid(issued)
    assert not InboundMessage.objects.filter(kind="mpesa.inquiry").exists()


def test_a_prompt_that_was_approved_is_paid_by_its_receipt(sandbox, wire):
    issued = bill(500_00)
    attempt = prompted(issued.id)
    assert attempt.state == "PENDING"
    assert attempt.handle.startswith("ws_CO_")
    presses(sandbox, attempt)
    # The query may know before the callback comes, and is no proof.
    asking_after.ask_status(attempt_id=attempt.pk, clock=lambda: NOW)
    assert PaymentAttempt.objects.get(pk=attempt.pk).state == "PENDING"
    wire.arrives("/stk/")
    asks()
    wire.arrives("/result/inquiry/")
    assert is_paid(issued)
    assert Movement.objects.get().attempt_id == attempt.pk


def test_a_prompt_that_was_refused_is_known_by_the_query(sandbox, wire):
    issued = bill(500_00)
    attempt = prompted(issued.id)
    presses(sandbox, attempt, refuse=True)
    wire.arrives("/stk/")
    asking_after.ask_status(attempt_id=attempt.pk, clock=lambda: NOW)
    declined = PaymentAttempt.objects.get(pk=attempt.pk)
    assert (declined.state, declined.failure_reason) == ("FAILED", "declined")
    assert not is_paid(issued)


def test_money_told_by_both_roads_is_one_movement(sandbox, wire):
    issued = bill(500_00)
    attempt = prompted(issued.id)
    presses(sandbox, attempt)
    path, body = wire.next("/stk/")
    say(path, body)
    asks()
    wire.arrives("/result/inquiry/")
    assert is_paid(issued)
    say(path, body)
    asks()
    assert is_paid(issued)
    assert Movement.objects.count() == 1


def test_a_question_before_the_payment_is_answered_for_this_reference(sandbox, wire):
    issued = bill(500_00)
    sandbox.faults(mpesa_callback="never")
    pays(sandbox, issued.reference)
    path, body = wire.next("/validation")
    assert b'"0"' in say(path, body).body
    assert b"C2B00013" in say(path, body.replace(b"500.00", b"400.00")).body
    unknown = body.replace(issued.reference.encode(), b"123456789012")
    assert b"C2B00012" in say(path, unknown).body


def test_the_command_registers_our_addresses(sandbox, capsys):
    call_command("mpesa_urls", RAIL, "--dry-run")
    call_command("mpesa_urls", RAIL)
    assert "registered" in capsys.readouterr().out
    with pytest.raises(CommandError, match="refused"):
        call_command("mpesa_urls", RAIL)  # Only after they were deleted there.
    with pytest.raises(CommandError, match="no M-Pesa contract"):
        call_command("mpesa_urls", "bank-rw")


def test_the_command_says_what_daraja_would_stumble_over(sandbox, settings):
    settings.GATEWAYS["rails"][RAIL]["callback_base"] = "https://guichet.example"
    with pytest.raises(CommandError, match='"mpesa"'):
        call_command("mpesa_urls", RAIL)


def test_a_door_stands_for_the_rail(sandbox, wire, settings):
    settings.GATEWAYS["rails"][RAIL]["door"] = "till-1"
    issued = bill(500_00)
    attempt = prompted(issued.id)
    presses(sandbox, attempt)
    path, body = wire.next("/callbacks/till-1/")
    assert say(path, body).status == 200
    asks()
    wire.arrives("/callbacks/till-1/")
    assert is_paid(issued)
