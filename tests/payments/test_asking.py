"""What can be asked: the API's inquiry, the proof of a bill, the invariants."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from kernel import references
from payments import posting, queries
from payments.invariants import INVARIANTS
from payments.operations import billing
from tests.payments.test_poster import receive
from tests.payments.world import issue, make_world
from tests.world import NOON


@pytest.fixture
def world():
    cache.clear()
    return make_world()


@pytest.mark.django_db
def test_the_api_tells_service_and_amount_and_nothing_else(
    world, client, django_assert_max_num_queries
):
    bill = issue(500, 250, at=timezone.now())

    with django_assert_max_num_queries(1):
        answer = client.get(f"/api/bills/{references.spaced(bill.reference)}/")

    assert answer.json() == {
        "reference": bill.reference,
        "payable": True,
        "reason": "",
        "amount": "750",
        "currency": "RWF",
        "service": {"en": "Birth certificate", "fr": "Certificat de naissance"},
    }


@pytest.mark.django_db
def test_the_api_says_why_a_bill_cannot_be_paid(world, client):
    bill = issue(500, at=timezone.now())
    billing.cancel_bill(bill_id=bill.id, at=timezone.now())

    answer = client.get(f"/api/bills/{bill.reference}/").json()

    assert (answer["payable"], answer["reason"], answer["amount"]) == (False, "cancelled", "0")


@pytest.mark.django_db
@pytest.mark.parametrize("reference", ["858961326965", "nonsense", "9" * 5000, "%00", "é"])
def test_the_api_answers_404_for_what_is_nobodys(world, client, reference):
    answer = client.get(f"/api/bills/{reference}/")

    assert answer.status_code == 404


@pytest.mark.django_db
def test_the_api_is_throttled(world, client):
    statuses = {client.get("/api/bills/858961326965/").status_code for _ in range(130)}

    assert statuses == {404, 429}


@pytest.mark.django_db(transaction=True)
def test_the_proof_of_a_bill_leads_from_the_bytes_to_the_allocation(
    world, django_assert_max_num_queries
):
    bill = issue(500, 250)
    receive(bill.reference, 500, "B1")
    receive(bill.reference, 500, "B1")
    receive(bill.reference, 300, "B2")
    posting.post_inbox(now=NOON)

    with django_assert_max_num_queries(10):
        proof = queries.proof(bill.id)

    assert proof.bill.state == "PAID"
    first, second = proof.movements
    assert (first.external_id, first.amount_minor, first.rail_code) == ("B1", 500, "bank-rw")
    assert len(first.sightings) == 2
    assert b'"id": "B1"' in first.sightings[0].body
    assert [(s.line_no, s.amount_minor) for s in first.shares] == [(1, 500)]
    assert [(s.line_no, s.amount_minor) for s in second.shares] == [(2, 250)]
    assert [(s.reason, s.amount_minor) for s in second.suspended] == [("OVERPAID", 50)]
    [entry] = second.entries
    assert [(line.account_code, line.amount_minor) for line in entry.lines] == [
        ("clearing:bank-rw:RWF", 300),
        ("suspense:bank-rw:RWF", -50),
        ("payable:treasury:RWF", -250),
    ]


@pytest.mark.django_db
def test_a_bill_without_money_has_an_empty_proof(world):
    assert queries.proof(issue(500).id).movements == ()


def check(*codes):
    out = StringIO()
    call_command("check_invariants", *codes, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_each_invariant_is_named_with_its_count(world):
    bill = issue(500)
    receive(bill.reference, 700, "B1")
    receive("nobody's", 700, "B2")
    posting.post_inbox(now=NOON)

    said = check()

    assert all(f"     0  {each.code}: {each.claim}" in said for each in INVARIANTS)
    assert "invariants hold" in said


BREAKAGES = {
    "law_1_by_rail": "UPDATE payments_movement SET amount_minor = amount_minor + 1",
    "law_1_by_beneficiary": "UPDATE payments_allocation SET amount_minor = amount_minor + 1",
    "journal_balanced": "UPDATE payments_posting SET amount_minor = amount_minor + 1"
    " WHERE line_no = 1",
    "journal_has_lines": "DELETE FROM payments_posting WHERE line_no > 1",
    "movement_posted_once": "UPDATE payments_journal SET subject_id = -id",
    "movement_divided": "DELETE FROM payments_suspense_item",
    "bill_paid_is_allocated": "UPDATE payments_bill SET paid_minor = paid_minor - 1, state ="
    " 'PART_PAID', paid_at = NULL WHERE state = 'PAID'",
    "bill_state_is_paid": "DELETE FROM payments_allocation",
    "line_live_as_its_bill": "UPDATE payments_bill_line SET live = false",
    "message_accounted_for": "DELETE FROM payments_evidence",
    "inbox_has_its_message": "INSERT INTO payments_inbox (message_id, received_at)"
    " VALUES (-1, now())",
    "evidence_has_its_message": "DELETE FROM payments_inbound_message",
    "movement_has_evidence": "DELETE FROM payments_evidence",
    "balance_of_payables": "UPDATE payments_posting SET amount_minor = 9000 WHERE line_no = 3",
    "suspense_is_its_account": "UPDATE payments_suspense_item SET amount_minor = 1",
    "news_of_bills": "DELETE FROM kernel_event WHERE name = 'payments.bill.paid'",
    "news_of_suspense": "DELETE FROM kernel_event WHERE name LIKE '%suspended'",
    "journal_on_a_ledger_day": "DELETE FROM payments_ledger_day",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("each", INVARIANTS, ids=lambda each: each.code)
def test_each_invariant_sees_what_would_break_it(world, as_owner, each):
    bill = issue(500)
    receive(bill.reference, 700, "B1")
    posting.post_inbox(now=NOON)
    as_owner.execute("SET session_replication_role = replica")
    as_owner.execute(BREAKAGES[each.code])

    with pytest.raises(CommandError, match="do not hold"):
        check(each.code)


@pytest.mark.django_db(transaction=True)
def test_an_invariant_that_does_not_exist_is_said_so(world):
    with pytest.raises(CommandError, match="no invariant is called nonsense"):
        check("nonsense")


@pytest.mark.django_db
def test_what_waits_in_the_inbox_is_seen(world):
    assert queries.inbox_waits_since(now=NOON) is None
    receive("1", 1, "B1", at=NOON - timedelta(minutes=3))
    assert queries.inbox_waits_since(now=NOON) == NOON - timedelta(minutes=3)
