"""What control decides is made again with the books: refunds shown by a debit, moves of a rail."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from payments.models import Movement, Refund
from payments.operations import arrivals
from payments.operations.controlling import explaining, moving
from payments.states import Leg
from tests.accounts.people import officer
from tests.payments import deciding
from tests.payments.control.allowed import allow_sweeps
from tests.payments.rebuilding import empty_database
from tests.payments.refunds import desks
from tests.payments.settling import asked, explain
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.test_replaying import hear
from tests.payments.world import issue, make_world
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def empty():
    with empty_database() as owner_url:
        yield owner_url


def test_a_refund_that_a_debit_showed_and_a_move_are_made_again(empty, capsys):
    world, bank = make_world(), Account()
    rail = world.bank
    type(rail).objects.filter(pk=world.mtn.pk).update(accounts=["5001"])
    bill = issue(500)
    twice = [Booking(amount=500, id=name, text=bill.reference) for name in ("FT25ONE", "FT25AGAIN")]
    bring(bank.statement(*twice), at=NOON + HOUR)
    _paid_by_hand("FT25AGAIN", at=NOON + 2 * HOUR)
    shown = Booking(amount=-500, id="PORTAL77", day=1)
    bring(bank.statement(shown, day=1), at=NOON + 24 * HOUR)
    _explained_as_refund("PORTAL77", "FT25AGAIN", at=NOON + 25 * HOUR)
    assert Refund.objects.get().state == "DONE"

    type(rail).objects.filter(pk=rail.pk).update(active=False)
    allow_sweeps(rail)
    number = _ordered(rail.code, 500, at=NOON + 26 * HOUR)
    moved = Booking(amount=-500, id="MOVED", text=f"Closing {number}", day=2)
    bring(bank.statement(moved, day=2), at=NOON + 48 * HOUR)
    assert Movement.objects.get(external_id="MOVED").leg == Leg.SWEEP

    # Two sweeps that arrived before they were known here: that, and a debit of another network of
    # which two people said later what it was.
    wallet = Account(number="5001", balance=1000)
    came = Booking(amount=500, id="CAME1", text="from our bank", day=2)
    bring(wallet.statement(came, day=2), at=NOON + 49 * HOUR, rail="mtn-rw")
    hear("from the wallet", 70, "CAME2", at=NOON + 49 * HOUR)
    left = Booking(amount=-70, id="GONE", day=3)
    bring(wallet.statement(left, day=3), at=NOON + 72 * HOUR, rail="mtn-rw")
    gone = Movement.objects.get(external_id="GONE")
    explain(asked(gone, "sweep", at=NOON + 73 * HOUR), at=NOON + 73 * HOUR)
    for credit, sweep in (("CAME1", "MOVED"), ("CAME2", "GONE")):
        _arrived(credit, sweep, at=NOON + 74 * HOUR)

    call_command("replay_ledger", into=empty, compare=True)
    assert "0 differ, 0 are only in the books" in capsys.readouterr().out


def _arrived(credit, sweep, *, at):
    release_id = arrivals.ask(
        movement_id=Movement.objects.get(external_id=credit).pk,
        sweep_id=Movement.objects.get(external_id=sweep).pk,
        reason="letter",
        by_id=officer("release.ask"),
        at=at,
    )
    decider = officer("release.decide")
    arrivals.decide(
        release_id=release_id,
        approved=True,
        by_id=decider,
        step_up_id=deciding.step_up(decider, at=at, purpose=arrivals.PURPOSE),
        at=at,
    )


def _paid_by_hand(name, *, at):
    maker, checker = officer("refund.ask"), officer("refund.decide")
    movement = Movement.objects.get(external_id=name)
    refund = desks.approved(movement, maker, checker, at=at)
    proof = desks.proof(code=name)
    desks.paying_out.prove(refund_id=refund.pk, proof=proof, by_id=maker, at=at + HOUR)
    desks.confirm(Refund.objects.get(pk=refund.pk), checker, at=at + 2 * HOUR)


def _explained_as_refund(name, paid_back, *, at):
    asked = explaining.ask(
        movement_id=Movement.objects.get(external_id=name).pk,
        answer="refund",
        refund=paid_back,
        reason="the slip of the counter",
        by_id=officer("release.ask"),
        at=at,
    )
    decider = officer("release.decide")
    step = deciding.step_up(decider, at=at, purpose=explaining.PURPOSE)
    explaining.decide(explanation_id=asked, approved=True, by_id=decider, at=at, step_up_id=step)


def _ordered(rail_code, amount_minor, *, at):
    asked = moving.ask(
        rail_code=rail_code,
        amount_minor=amount_minor,
        reason="the contract ended",
        by_id=officer("move.ask"),
        at=at,
    )
    decider = officer("move.decide")
    step = deciding.step_up(decider, at=at, purpose=moving.PURPOSE)
    moving.decide(move_id=asked, approved=True, by_id=decider, at=at, step_up_id=step)
    return moving.Move.objects.get(pk=asked).number
