"""The ledger follows from what is kept: made again from the messages, it has the same journals."""

import json
import os
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from payments import posting
from payments.models import InboundMessage, Journal, Movement, Refund
from payments.operations import (
    billing,
    importing,
    intake,
    matching,
    paying_out,
    releasing,
    splitting,
)
from payments.operations.controlling import explaining
from payments.queries import BillView
from tests.accounts.people import officer
from tests.payments import deciding
from tests.payments.control.allowed import allow_write_offs
from tests.payments.rebuilding import empty_database
from tests.payments.refunds import desks
from tests.payments.remittances import world as remitted
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.world import issue, make_world, state_of
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def world():
    made = make_world()
    made.mtn.accounts = ["5001"]
    made.mtn.save()
    return made


@pytest.fixture
def empty():
    """Yield the owner's address of an empty database, with the product's logins and extensions."""
    with empty_database() as owner_url:
        yield owner_url


def hear(reference, amount, name, *, at=NOON):
    """The bank tells of money, and the poster reads it a moment later."""
    said = {
        "id": name,
        "reference": reference,
        "amount": str(amount),
        "currency": "RWF",
        "paid_at": at.isoformat(),
        "channel": "ussd",
    }
    intake.receive(
        rail_code="bank-rw",
        kind="bycontract.notification",
        body=json.dumps(said).encode(),
        headers={},
        remote_ip=None,
        auth="valid",
        at=at,
    )
    while posting.post_inbox(now=at + timedelta(seconds=1)):
        pass


def _what_came() -> tuple[list[BillView], BillView]:
    """Return the bills that money was told of (exact, twice, late, meant), and a successor."""
    exact, twice, late, replaced, meant = [issue(600, 400) for _ in range(5)]
    hear(exact.reference, 1000, "EXACT")
    hear(exact.reference, 1000, "EXACT", at=NOON + HOUR)
    hear(twice.reference, 1000, "FIRST")
    hear(twice.reference, 1000, "SECOND")
    hear("123412341234", 1000, "LOST")
    hear(exact.reference, 700, "TOO LATE")
    hear("no money at all", 0, "NOTHING")
    successor = billing.replace_bill(
        bill_id=replaced.id,
        lines=[_line(1000)],
        at=NOON + HOUR,
    )
    hear(replaced.reference, 1000, "OLD SLIP", at=NOON + 2 * HOUR)
    bring(
        Account().statement(
            Booking(amount=1000, id="EXACT", text=exact.reference),
            Booking(amount=250, id="UNTOLD", text="rent"),
            Booking(amount=-30, id="FEE", code="ACMT/MCOP/CHRG"),
            Booking(amount=-250, id="BACK", is_reversal=True, original="UNTOLD"),
            Booking(amount=-77, id="WHO KNOWS"),
            Booking(amount=-600, id="TOOK IT"),
            Booking(amount=600, id="SECOND TOO", text="456745674567"),
            Booking(amount=300, id="LAST", text="nobody's"),
            Booking(amount=250, id="FOR TWO", text="for both of us"),
        ),
        at=NOON + 3 * HOUR,
    )
    return [exact, twice, late, meant], successor


def _what_went(bank: Account, after_term: datetime) -> None:
    batch = remitted.sent(remitted.desk(), at=after_term + 36 * HOUR)
    _cancelled(remitted.desk(), at=after_term + 36 * HOUR)
    _bring(
        bank,
        Booking(amount=-batch.amount_minor, id="SETTLED", end_to_end=batch.end_to_end_id, day=9),
        at=after_term + 40 * HOUR,
    )
    _refund("LAST", at=after_term + 41 * HOUR)
    _back_and_forth(bank, batch, at=after_term + 48 * HOUR)


def test_the_ledger_is_made_again_from_the_raw_messages(world, empty, capsys, monkeypatch):
    remitted.layout(monkeypatch)
    remitted.name_account(remitted.desk())
    bills, successor = _what_came()
    after_term = NOON + timedelta(days=8)
    assert billing.expire_due(now=after_term, limit=10) == 2
    hear(bills[2].reference, 1000, "LATE", at=after_term + HOUR)
    _match("LOST", successor.id, refused=True)
    again = issue(600, 400, at=after_term)
    _split("FOR TWO", [issue(100, at=after_term), issue(150, at=after_term)])
    _match("LOST", again.id)
    bank = Account(balance=1443)
    _refund("SECOND")
    _bring(bank, Booking(amount=-1000, id="PAID SECOND", day=8), at=after_term + 12 * HOUR)
    _refund("TOO LATE", is_failed=True)
    _release("TOO LATE", 700)
    _explain("WHO KNOWS", "charge")
    _explain("TOOK IT", "reversal", original="SECOND TOO")
    _what_went(bank, after_term)
    assert [state_of(bill)[0] for bill in bills] == [
        "PAID", "PAID", "PAID", "EXPIRED",
    ]  # fmt: skip
    kept = Journal.objects.count()
    kinds = {
        "write_off", "explained", "remittance", "remittance_returned", "remitted", "payout",
        "returned", "remittance_sent_back", "remittance_resumed",
    }  # fmt: skip
    assert kinds <= set(Journal.objects.values_list("kind", flat=True))

    call_command("replay_ledger", into=empty, compare=True)

    said = capsys.readouterr().out
    assert f"{kept} journals are the same, 0 differ, 0 are only in the books" in said


def test_a_message_that_is_not_what_was_heard_is_found(world, empty, as_owner, capsys):
    bill = issue(500)
    hear(bill.reference, 500, "TOLD")
    hear(issue(500).reference, 500, "TOLD TOO")
    as_owner.execute("SET session_replication_role = replica")
    message = InboundMessage.objects.order_by("pk").first()
    changed = bytes(message.body).replace(b'"500"', b'"400"')
    as_owner.execute(
        "UPDATE payments_inbound_message SET body = %s, body_sha256 = sha256(%s) WHERE id = %s",
        [changed, changed, message.pk],
    )

    with pytest.raises(CommandError, match="does not follow"):
        call_command("replay_ledger", into=empty, compare=True)

    said = capsys.readouterr().out
    assert "otherwise: collection bank-rw TOLD" in said
    assert "1 journals are the same, 1 differ" in said


def test_a_database_that_holds_something_is_not_written_into(world):
    here = make_conninfo(
        **{
            **conninfo_to_dict(os.environ["OWNER_DATABASE_URL"]),
            "dbname": connection.settings_dict["NAME"],
        }
    )
    with pytest.raises(CommandError, match="empty database"):
        call_command("replay_ledger", into=here)


def _line(amount_minor):
    return billing.NewLine(
        charge_key="test:replaced",
        names={"en": "Fee"},
        amount_minor=amount_minor,
        beneficiary_code="treasury",
        revenue_code="R1",
        legal_source="Order 1/2020",
        legal_checked=False,
    )


def _movement(name):
    return Movement.objects.get(external_id=name, leg="credit")


def _match(name, bill_id, *, refused=False):
    at = NOON + timedelta(days=8, hours=2)
    maker, checker = officer("match.ask"), officer("match.decide")
    bill_refuses = pytest.raises(matching.BillTakesNoMoney)
    if refused:
        with bill_refuses:
            _ask_match(name, bill_id, maker, at)
        return
    match_id = _ask_match(name, bill_id, maker, at)
    matching.approve(match_id=match_id, by_id=checker, at=at + HOUR)


def _ask_match(name, bill_id, maker, at):
    return matching.ask(
        movement_id=_movement(name).pk,
        bill_id=bill_id,
        amount_minor=1000,
        reason="her slip",
        by_id=maker,
        at=at,
    )


def _split(name, bills):
    at = NOON + timedelta(days=8, hours=1)
    set_id = splitting.ask_split(
        key=uuid4(),
        movement_id=_movement(name).pk,
        parts=[(bill.id, bill.total_minor) for bill in bills],
        reason="her letter",
        by_id=officer("match.ask"),
        at=at,
    )
    splitting.approve(set_id=set_id, by_id=officer("match.decide"), at=at + HOUR)


def _refund(name, *, is_failed=False, at=NOON + timedelta(days=8, hours=4)):
    """The bank pays nothing back by itself: somebody does, to a payee proven at a desk."""
    movement = _movement(name)
    maker, checker = officer("refund.ask"), officer("refund.decide")
    refund = desks.approved(movement, maker, checker, at=at)
    proof = desks.proof(code=name)
    paying_out.prove(refund_id=refund.pk, proof=proof, by_id=maker, at=at + HOUR)
    refund = Refund.objects.get(pk=refund.pk)
    desks.confirm(refund, checker, at=at + 2 * HOUR)
    paying_out.paid(refund_id=refund.pk, external_id=f"PAID {name}", by_id=maker, at=at + 3 * HOUR)
    if is_failed:
        paying_out.not_paid(
            refund_id=refund.pk,
            reason="the portal refused it",
            by_id=checker,
            step_up_id=deciding.step_up(checker, at=at + 4 * HOUR),
            at=at + 4 * HOUR,
        )


def _release(name, amount_minor):
    at = NOON + timedelta(days=8, hours=10)
    allow_write_offs()
    release_id = releasing.ask_write_off(
        movement_id=_movement(name).pk,
        amount_minor=amount_minor,
        reason="nobody came",
        by_id=officer("release.ask"),
        at=at,
    )
    releasing.approve(release_id=release_id, by_id=officer("release.decide"), at=at + HOUR)


def _explain(name, answer, *, original="", remittance="", at=NOON + timedelta(days=8, hours=14)):
    asked = explaining.ask(
        movement_id=Movement.objects.get(external_id=name, leg="withdrawal").pk,
        answer=answer,
        original=original,
        remittance=remittance,
        reason="the bank wrote so",
        by_id=officer("release.ask"),
        at=at,
    )
    decider = officer("release.decide")
    explaining.decide(
        explanation_id=asked,
        approved=True,
        by_id=decider,
        at=at + HOUR,
        step_up_id=deciding.step_up(decider, at=at + HOUR, purpose=explaining.PURPOSE),
    )


def _cancelled(desk, *, at):
    remitted.name_account(desk, remitted.TREASURY, "0004000999", at=at)
    batch = remitted.proposed(desk, remitted.TREASURY, at=at)
    remitted.approve(batch, desk.decides, at)
    remitted.withdrawn(desk, batch, "the account is closed", at=at + HOUR)


def _back_and_forth(bank, batch, *, at):
    """The bank sends the batch back; the next one it refuses by its word, and pays all the same."""
    desk = remitted.desk()
    amount = batch.amount_minor
    _bring(bank, Booking(amount=amount, id="CAME BACK", text=batch.number, day=10), at=at)
    remitted.returned(desk, batch, _movement("CAME BACK"), at=at + HOUR)
    again = remitted.sent(desk, at=at + 24 * HOUR)
    remitted.believed(desk, again, at=at + 25 * HOUR)
    paid_all_the_same = Booking(
        amount=-amount, id="PAID ANYWAY", end_to_end=again.end_to_end_id, day=11
    )
    _bring(bank, paid_all_the_same, at=at + 26 * HOUR)
    _explain("PAID ANYWAY", "remittance", remittance=again.number, at=at + 27 * HOUR)


def _bring(bank, *bookings, at):
    day = bookings[0].day
    importing.import_file(
        data=bank.statement(*bookings, day=1 if day == 8 else day, to_day=day),
        name=f"{day}.xml",
        rail_code="bank-rw",
        at=at,
    )
