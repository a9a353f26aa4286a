"""Each invariant of money holds of all that can happen, and sees what would break it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from payments.invariants import INVARIANTS
from payments.models import Bill, Movement
from payments.operations import floating, matching, receipting
from payments.states import Leg
from tests import breaking
from tests.accounts.people import officer
from tests.payments.remittances.world import (
    DISTRICT,
    TREASURY,
    approve,
    desk,
    layout,
    name_account,
    paid,
    proposed,
    sent,
)
from tests.payments.settling import explained, released, withdrawal
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.world import debit, give_back, in_flight, issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

_ACTS = ("refund.ask", "refund.decide", "match.ask", "match.decide")


@pytest.fixture
def eventful(as_owner, monkeypatch):
    """A bill paid and overpaid, reversals, refunds done and failed, all that leaves us."""
    world = make_world()
    bill, reversed_bill = issue(500, 250), issue(300)
    post(
        telling(world.mtn, bill.reference, 800, external_id="C1"),
        telling(world.mtn, reversed_bill.reference, 300, external_id="C2"),
        telling(world.mtn, "nobody's", 90, external_id="C3"),
        telling(world.mtn, "nobody's", 70, external_id="C4"),
        debit(world.mtn, Leg.REVERSAL, 100, original="C2"),
        debit(world.mtn, Leg.CHARGE, 9, original="C1"),
        debit(world.mtn, Leg.SWEEP, 200),
        debit(world.bank, Leg.TRANSFER, 150),
        debit(world.mtn, Leg.WITHDRAWAL, 7),
    )
    paid_back = in_flight(world.mtn, "C3", 90)
    post(debit(world.mtn, Leg.PAYOUT, 90, key=paid_back.key))
    bring(Account().statement(Booking(amount=40, id="S1"), Booking(amount=-4, id="S2")))
    in_flight(world.mtn, "C1", 20)
    give_back(in_flight(world.mtn, "C4", 70))
    maker, checker = officer(*_ACTS), officer(*_ACTS)
    filled = floating.ask(rail_code="mtn-rw", amount_minor=30, reason="moved", by_id=maker, at=NOON)
    floating.confirm(top_up_id=filled, by_id=checker, at=NOON)
    _decided(world)
    _remitted(monkeypatch)
    stray = telling(world.mtn, "nobody's", 60, external_id="C5")
    post(stray)
    matched = matching.ask(
        movement_id=Movement.objects.get(external_id="C5").pk,
        bill_id=issue(60).id,
        amount_minor=60,
        reason="asked her",
        by_id=maker,
        at=NOON,
    )
    matching.approve(match_id=matched, by_id=checker, at=NOON)
    # A message for each sighting, so that evidence has its words.
    as_owner.execute("SET session_replication_role = replica")
    as_owner.execute(
        "INSERT INTO payments_inbound_message"
        " (id, received_at, rail_code, kind, body, body_sha256, auth)"
        " OVERRIDING SYSTEM VALUE"
        " SELECT DISTINCT ON (source_id) source_id, source_at, 'mtn-rw', 'x', '\\x', sha256('\\x'),"
        " 'valid' FROM payments_evidence WHERE source = 'message'"
    )
    # All news of bills is handled, as receipts are.
    as_owner.execute("UPDATE kernel_event SET relayed_at = occurred_at")
    as_owner.execute("SET session_replication_role = origin")
    for whole in Bill.objects.filter(state="PAID"):
        receipting.issue_receipts(bill_id=whole.pk, at=NOON)
    return bill


def _decided(world):
    """Withdrawals that turned out to be something; suspense that leaves for good."""
    post(
        telling(world.mtn, "nobody's", 60, external_id="C6"),
        telling(world.mtn, "nobody's", 45, external_id="C7"),
    )
    taken, lost = (Movement.objects.get(external_id=name) for name in ("C6", "C7"))
    explained(withdrawal(world.mtn, 25, external_id="W1"), "reversal", original=taken)
    explained(withdrawal(world.mtn, 3, external_id="W2"), "loss")
    explained(Movement.objects.get(external_id="S2"), "charge")
    released(lost, "write_off", 15)
    released(lost, "unclaimed", 30)
    # A sweep that the bank told before the network did.
    post(telling(world.bank, "nobody's", 12, external_id="C8"))
    post(debit(world.mtn, Leg.SWEEP, 12, external_id="SW-1"))
    arrived = {name: Movement.objects.get(external_id=name) for name in ("C8", "SW-1")}
    released(arrived["C8"], "arrived", 12, sweep=arrived["SW-1"])


def _remitted(monkeypatch):
    """One batch that its bank has paid, and one on its way."""
    layout(monkeypatch)
    at_desk = desk()
    for code, number in ((DISTRICT, "0004000281"), (TREASURY, "0004000282")):
        name_account(at_desk, code, number)
    paid(at_desk, 80, 20, rail=at_desk.world.bank)
    batch = sent(at_desk)
    post(debit(at_desk.world.bank, Leg.REMITTANCE, batch.amount_minor, key=batch.key))
    approve(proposed(at_desk, TREASURY), at_desk.decides)


BREAKAGES = {
    "law_1_by_rail": "UPDATE payments_movement SET amount_minor = amount_minor + 1"
    " WHERE leg = 'charge'",
    "law_1_by_beneficiary": "UPDATE payments_allocation SET amount_minor = amount_minor + 1",
    "journal_balanced": "UPDATE payments_posting SET amount_minor = amount_minor + 1"
    " WHERE line_no = 1",
    "journal_has_lines": "DELETE FROM payments_posting WHERE line_no > 1",
    "journal_has_its_fact": "UPDATE payments_journal SET kind = 'sweep' WHERE kind = 'charge'",
    "journal_posts_what_it_divides": "UPDATE payments_posting SET account_id ="
    " (SELECT id FROM payments_ledger_account WHERE code = 'suspense:mtn-rw:RWF')"
    " WHERE account_id ="
    " (SELECT id FROM payments_ledger_account WHERE code = 'payable:treasury:RWF')",
    "movement_posted_once": "UPDATE payments_journal SET subject_id = -id",
    "movement_divided": "DELETE FROM payments_suspense_item WHERE reason = 'OVERPAID'",
    "line_never_overpaid": "UPDATE payments_allocation SET amount_minor = 251"
    " WHERE amount_minor = 250",
    "bill_paid_is_allocated": "UPDATE payments_bill SET paid_minor = paid_minor - 1, state ="
    " 'PART_PAID', paid_at = NULL WHERE state = 'PAID'",
    "bill_state_is_paid": "DELETE FROM payments_allocation",
    "line_live_as_its_bill": "UPDATE payments_bill_line SET live = false",
    "message_accounted_for": "DELETE FROM payments_evidence",
    "inbox_has_its_message": "INSERT INTO payments_inbox (message_id, received_at)"
    " VALUES (-1, now())",
    "evidence_has_its_message": "DELETE FROM payments_inbound_message",
    "movement_has_evidence": "DELETE FROM payments_evidence",
    "refund_of_what_came_in": "UPDATE payments_refund SET amount_minor = 91 WHERE state = 'DONE'",
    "refund_by_two": "ALTER TABLE payments_refund DROP CONSTRAINT refund_has_its_people;"
    " UPDATE payments_refund SET checker_id = NULL WHERE state = 'DONE'",
    "refund_not_ones_own": "UPDATE payments_bill SET payer_contact_id = 7;"
    " UPDATE payments_refund SET requested_at = now(),"
    " bill_id = (SELECT max(id) FROM payments_bill);"
    " INSERT INTO accounts_personcontact (person_id, contact_id, from_at)"
    " SELECT a.person_id, 7, now() FROM accounts_account a"
    " WHERE a.id = (SELECT max(maker_id) FROM payments_refund)",
    "refund_paid_as_approved": "UPDATE payments_refund SET amount_minor = 89 WHERE state = 'DONE'",
    "refund_posted_as_it_is": "DELETE FROM payments_journal WHERE kind = 'refund_returned'",
    "explanation_posted_as_decided": "DELETE FROM payments_journal WHERE kind = 'explained'",
    "release_posted_as_decided": "DELETE FROM payments_journal WHERE kind = 'write_off'",
    "sweep_arrives_once": "UPDATE payments_movement SET amount_minor = 11"
    " WHERE external_id = 'SW-1'",
    "arrival_told_once": "UPDATE payments_movement c SET rail_id = t.rail_id,"
    " external_id = t.external_id, amount_minor = t.amount_minor, currency = t.currency"
    " FROM payments_movement t WHERE t.leg = 'transfer' AND c.external_id = 'C8'",
    "remittance_posted_as_it_is": "DELETE FROM payments_journal WHERE kind = 'remittance'",
    "remittance_is_its_lines": "DELETE FROM payments_remittance_line",
    "unremitted_is_payable": "DELETE FROM payments_unremitted",
    "match_posted_as_decided": "DELETE FROM payments_journal WHERE kind = 'match'",
    "account_is_its_rows": "UPDATE payments_movement SET leg = 'sweep' WHERE leg = 'transfer'",
    "balance_of_payables": "UPDATE payments_posting SET amount_minor = 9000 WHERE line_no = 3",
    "suspense_is_its_account": "UPDATE payments_suspense_item SET amount_minor = 1"
    " WHERE amount_minor > 0",
    "open_items_are_suspense": "UPDATE payments_open_item SET amount_minor = amount_minor + 1",
    "news_of_bills": "DELETE FROM kernel_event WHERE name = 'payments.bill.paid'",
    "news_of_suspense": "DELETE FROM kernel_event WHERE name LIKE '%suspended'",
    "news_of_debits": "DELETE FROM kernel_event WHERE name LIKE '%unexplained'",
    "statement_closing_is_ledger": "UPDATE payments_movement SET amount_minor = 41"
    " WHERE external_id = 'S1'",
    "statement_leads_to_its_closing": "UPDATE payments_statement_line SET amount_minor = 41"
    " WHERE external_id = 'S1'",
    "statement_line_is_evidence": "DELETE FROM payments_evidence WHERE source = 'statement'",
    "journal_on_a_ledger_day": "DELETE FROM payments_ledger_day",
    "rollup_is_its_postings": "SELECT payments_roll_up(now());"
    " UPDATE payments_account_day SET debit_minor = debit_minor + 1",
    "receipts_gapless": "DELETE FROM payments_receipt",
    "receipts_are_their_bill": "UPDATE payments_receipt SET amount_minor = amount_minor + 1",
    "receipts_of_paid_bills": "DELETE FROM payments_receipt",
}

# What is not seen by the first breakage of its invariant: floats that were filled, and matches.
MORE = [
    ("law_1_by_rail", "UPDATE payments_float_top_up SET amount_minor = 31"),
    (
        "law_1_by_rail",
        (
            "UPDATE payments_posting SET amount_minor = -amount_minor WHERE journal_id ="
            " (SELECT id FROM payments_journal WHERE kind = 'float')"
        ),
    ),
    ("account_is_its_rows", "UPDATE payments_float_top_up SET amount_minor = 31"),
    (
        "account_is_its_rows",
        (
            "DELETE FROM payments_posting WHERE line_no = 2 AND journal_id ="
            " (SELECT id FROM payments_journal WHERE kind = 'float')"
        ),
    ),
    (
        "journal_has_its_fact",
        "UPDATE payments_float_top_up SET confirmed_at = NULL, checker_id = NULL",
    ),
    ("journal_has_its_fact", "DELETE FROM payments_match"),
    ("journal_has_its_fact", "UPDATE payments_journal SET kind = 'gift' WHERE kind = 'float'"),
    (
        "journal_posts_what_it_divides",
        (
            "UPDATE payments_posting SET account_id ="
            " (SELECT id FROM payments_ledger_account WHERE code = 'unexplained:mtn-rw:RWF')"
            " WHERE line_no = 1 AND journal_id ="
            " (SELECT id FROM payments_journal WHERE kind = 'match')"
        ),
    ),
    (
        "refund_paid_as_approved",
        "UPDATE payments_refund SET state = 'DONE' WHERE state = 'PENDING'",
    ),
    ("match_posted_as_decided", "UPDATE payments_match SET amount_minor = 59"),
    ("match_posted_as_decided", "UPDATE payments_match SET approved = false"),
    (
        "match_posted_as_decided",
        (
            "UPDATE payments_match SET bill_id ="
            " (SELECT max(id) FROM payments_bill WHERE state <> 'OPEN') - 1"
        ),
    ),
    (
        "match_posted_as_decided",
        (
            "ALTER TABLE payments_match DROP CONSTRAINT match_two_people;"
            " UPDATE payments_match SET checker_id = maker_id"
        ),
    ),
    ("movement_divided", "DELETE FROM payments_suspense_item WHERE reason = 'MATCHED'"),
    ("suspense_is_its_account", "DELETE FROM payments_suspense_item WHERE reason = 'MATCHED'"),
    ("open_items_are_suspense", "DELETE FROM payments_open_item"),
    ("law_1_by_rail", "UPDATE payments_release SET amount_minor = amount_minor + 1"),
    (
        "law_1_by_rail",
        (
            "UPDATE payments_explanation SET answer = 'reversal', original_id = movement_id"
            " WHERE answer = 'loss'"
        ),
    ),
    ("law_1_by_rail", "DELETE FROM payments_explanation WHERE answer = 'loss'"),
    ("law_1_by_beneficiary", "DELETE FROM payments_movement WHERE leg = 'remittance'"),
    (
        "balance_of_payables",
        "DELETE FROM payments_posting WHERE line_no = 2 AND amount_minor < -99",
    ),
    (
        "account_is_its_rows",
        "UPDATE payments_explanation SET answer = 'charge', original_id = NULL",
    ),
    (
        "account_is_its_rows",
        (
            "UPDATE payments_release SET kind = 'write_off', law = '', term_days = NULL,"
            " sweep_id = NULL"
        ),
    ),
    (
        "account_is_its_rows",
        "UPDATE payments_remittance SET state = 'PROPOSED', checker_id = NULL, approved_at = NULL",
    ),
    ("journal_has_its_fact", "DELETE FROM payments_release"),
    ("journal_has_its_fact", "DELETE FROM payments_explanation"),
    ("journal_has_its_fact", "UPDATE payments_journal SET kind = 'write_off' WHERE kind = 'float'"),
    (
        "journal_has_its_fact",
        "UPDATE payments_journal SET kind = 'remittance_returned' WHERE kind = 'remittance'",
    ),
    (
        "journal_posts_what_it_divides",
        "DELETE FROM payments_suspense_item WHERE reason = 'UNCLAIMED'",
    ),
    ("movement_divided", "UPDATE payments_release SET approved = false"),
    ("movement_divided", "DELETE FROM payments_explanation WHERE answer = 'reversal'"),
    ("movement_posted_once", "DELETE FROM payments_journal WHERE kind = 'remitted'"),
    ("refund_of_what_came_in", "UPDATE payments_release SET amount_minor = 46"),
    ("refund_of_what_came_in", "UPDATE payments_release SET currency = 'USD'"),
    (
        "news_of_debits",
        "DELETE FROM kernel_event WHERE name = 'payments.remittance.confirmed'",
    ),
    ("explanation_posted_as_decided", "UPDATE payments_explanation SET approved = false"),
    (
        "explanation_posted_as_decided",
        "UPDATE payments_movement SET leg = 'sweep' WHERE leg = 'withdrawal'",
    ),
    (
        "explanation_posted_as_decided",
        (
            "ALTER TABLE payments_explanation DROP CONSTRAINT explanation_two_people;"
            " UPDATE payments_explanation SET checker_id = maker_id"
        ),
    ),
    (
        "explanation_posted_as_decided",
        (
            "DROP INDEX explanation_stands_once;"
            " UPDATE payments_explanation SET movement_id ="
            " (SELECT min(movement_id) FROM payments_explanation)"
        ),
    ),
    ("release_posted_as_decided", "UPDATE payments_release SET amount_minor = 14"),
    (
        "release_posted_as_decided",
        "UPDATE payments_suspense_item SET reason = 'MATCHED' WHERE reason = 'WRITTEN_OFF'",
    ),
    ("account_is_its_rows", "UPDATE payments_release SET approved = false WHERE kind = 'arrived'"),
    (
        "journal_posts_what_it_divides",
        "DELETE FROM payments_suspense_item WHERE reason = 'ARRIVED'",
    ),
    ("journal_has_its_fact", "DELETE FROM payments_release WHERE kind = 'arrived'"),
    (
        "release_posted_as_decided",
        "UPDATE payments_suspense_item SET reason = 'MATCHED' WHERE reason = 'ARRIVED'",
    ),
    (
        "sweep_arrives_once",
        (
            "UPDATE payments_movement SET leg = 'transfer', external_id = 'SW-1'"
            " WHERE external_id = 'C8'"
        ),
    ),
    (
        "sweep_arrives_once",
        "UPDATE payments_movement SET leg = 'withdrawal' WHERE external_id = 'SW-1'",
    ),
    (
        "sweep_arrives_once",
        (
            "UPDATE payments_movement SET rail_id = (SELECT rail_id FROM payments_movement"
            " WHERE external_id = 'C8') WHERE external_id = 'SW-1'"
        ),
    ),
    (
        "remittance_posted_as_it_is",
        "UPDATE payments_movement SET amount_minor = amount_minor + 1 WHERE leg = 'remittance'",
    ),
    (
        "remittance_posted_as_it_is",
        "UPDATE payments_remittance SET state = 'PROPOSED', checker_id = NULL, approved_at = NULL",
    ),
    ("remittance_posted_as_it_is", "DELETE FROM payments_movement WHERE leg = 'remittance'"),
    ("receipts_gapless", "UPDATE payments_receipt_series SET last = last + 1"),
    ("receipts_gapless", "UPDATE payments_receipt SET series_no = 9 WHERE series_no = 1"),
    ("receipts_are_their_bill", "DELETE FROM payments_receipt WHERE amount_minor = 250"),
    ("receipts_of_paid_bills", "DELETE FROM payments_receipt WHERE amount_minor = 250"),
    ("receipts_of_paid_bills", "UPDATE payments_receipt SET paid_at = paid_at - interval '1 day'"),
]


def check(*codes):
    out = StringIO()
    call_command("check_invariants", *codes, stdout=out)
    return out.getvalue()


def test_every_invariant_holds_of_all_that_can_happen_and_says_its_count(eventful):
    codes = sorted(BREAKAGES)

    said = check(*codes)

    claims = {each.code: each.claim for each in INVARIANTS}
    assert all(f"     0  {code}: {claims[code]}" in said for code in codes)


@pytest.mark.parametrize(("code", "breakage"), [*BREAKAGES.items(), *MORE])
def test_each_invariant_sees_what_would_break_it(eventful, as_owner, code, breakage):
    [broken] = [each for each in INVARIANTS if each.code == code]

    assert breaking.found(as_owner, [broken]) == {}
    assert breaking.found(as_owner, [broken], *breakage.split("; ")).keys() == {code}


def test_every_invariant_of_money_has_been_broken_once():
    assert set(BREAKAGES) == {each.code for each in INVARIANTS}


@pytest.mark.parametrize(
    "under_way",
    [
        "UPDATE kernel_event SET relayed_at = NULL",
        (
            "INSERT INTO kernel_delivery (event_id, handler, state, due_at)"
            " SELECT id, 'receipts', 'PENDING', now() FROM kernel_event"
        ),
    ],
)
def test_no_receipt_is_missing_while_the_news_is_under_way(eventful, as_owner, under_way):
    [missing] = [each for each in INVARIANTS if each.code == "receipts_of_paid_bills"]

    assert breaking.found(as_owner, [missing], "DELETE FROM payments_receipt", under_way) == {}


def test_a_broken_invariant_is_an_exit_code(eventful, as_owner):
    as_owner.execute("SET session_replication_role = replica")
    as_owner.execute(BREAKAGES["journal_balanced"])

    with pytest.raises(CommandError, match="do not hold"):
        check("journal_balanced")


def test_an_invariant_that_does_not_exist_is_said_so(db):
    with pytest.raises(CommandError, match="no invariant is called nonsense"):
        check("nonsense")
