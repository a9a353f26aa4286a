"""What can be asked: the API's inquiry, the proof of a bill, the invariants."""

import pytest
from django.utils import timezone

from kernel import references
from payments import posting, queries
from payments.operations import billing
from tests.payments.test_poster import receive
from tests.payments.world import issue, make_world
from tests.world import NOON


@pytest.fixture
def world():
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
