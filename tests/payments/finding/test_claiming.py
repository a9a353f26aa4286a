"""A claim to unmatched money needs proof, and two people answer it."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Grant
from accounts.policies import NotGranted
from payments.models import Bill, Claim, Match, Movement, Refund
from payments.operations import claiming, matching
from payments.operations.refunding import OwnMoney, SaysNothing
from payments.queries import finding as asking
from payments.states import DocumentKind
from tests.accounts.people import citizen, officer
from tests.applications.browser import officer_at
from tests.payments import deciding
from tests.payments.books import broken
from tests.payments.finding.payers import PHONE, STRANGER, paid
from tests.payments.finding.test_finding import plain
from tests.payments.world import issue, post, telling
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

CODE = "LOST01"


@pytest.fixture
def lost(world) -> Movement:
    """Money that named no bill: nobody's phone is known to have paid it."""
    post(telling(world.bank, "nobody's", 500, external_id=CODE))
    return Movement.objects.get(external_id=CODE)


@pytest.fixture
def maker() -> int:
    return officer("money.view", "match.ask", "refund.ask")


def opened(lost: Movement, by_id: int, **more: object) -> Claim:
    number = claiming.open_at_desk(
        **{
            "movement_id": lost.pk,
            "code": "lost 01",
            "phone": PHONE,
            "by_id": by_id,
            "at": NOON,
            **more,
        }
    )
    return Claim.objects.get(number=number)


def proven(lost: Movement, by_id: int) -> Claim:
    claim = opened(lost, by_id)
    kind = DocumentKind.NATIONAL_ID
    claiming.prove(claim_id=claim.pk, document_kind=kind, by_id=by_id, at=NOON)
    return claim


def test_she_claims_by_code_and_phone_and_follows_it_by_its_number(world):
    paid(world, times=2)
    browser = Client()
    typed = {"code": "CI250801ABX1", "phone": "0788123456"}
    shown = plain(browser.post("/find-my-money/claim/", typed))
    claim = Claim.objects.get()
    assert claim.number in shown
    assert claim.opened_by_id is None

    again = plain(browser.post("/find-my-money/claim/", typed))
    assert claim.number in again
    assert Claim.objects.count() == 1

    own = {"number": f" {claim.number.lower()} ", "phone": "0788 123 456"}
    assert "Come to a desk with the proof" in plain(browser.post("/find-my-money/claims/", own))
    for wrong in ({**own, "phone": STRANGER}, {**own, "number": "CL-26-0000000000"}):
        answer = browser.post("/find-my-money/claims/", wrong)
        assert answer.status_code == 422
        assert "There is no such claim of this phone." in plain(answer)


def test_nobody_claims_by_the_code_alone_nor_what_is_not_in_suspense(world, lost):
    paid(world)
    for typed in (
        {"code": CODE, "phone": STRANGER},
        {"code": "CI250801AB", "phone": PHONE},  # It has paid its bill.
        {"code": "NONE", "phone": PHONE},
    ):
        answer = Client().post("/find-my-money/claim/", typed)
        assert answer.status_code == 422
        assert "cannot be claimed here" in plain(answer)
    assert not Claim.objects.exists()


def test_nothing_is_to_be_claimed_of_money_that_paid_its_bill(world, maker):
    paid(world)
    spent = Movement.objects.get(external_id="CI250801AB")
    with pytest.raises(claiming.NothingToClaim):
        claiming.open_own(code="CI250801AB", phone=PHONE, address="192.0.2.1", at=NOON)
    with pytest.raises(claiming.NothingToClaim):
        opened(spent, maker, code="CI250801AB")
    assert not Claim.objects.exists()


def test_a_claim_becomes_a_match_that_another_person_decides(lost, maker, commits):
    bill = issue(500)
    claim = proven(lost, maker)
    match_id = claiming.answer_with_match(
        claim_id=claim.pk, reference=bill.reference, by_id=maker, at=NOON
    )
    with pytest.raises(NotGranted):
        matching.approve(match_id=match_id, by_id=maker, at=NOON)
    assert asking.claim(claim.pk).approved is None

    matching.approve(match_id=match_id, by_id=officer("match.decide"), at=NOON)

    commits()
    assert asking.claim(claim.pk).approved is True
    assert Bill.objects.get(pk=bill.id).state == "PAID"
    assert broken() == {}


def test_a_claim_becomes_a_refund_that_another_person_decides(lost, maker):
    claim = proven(lost, maker)
    refund_id = claiming.answer_with_refund(claim_id=claim.pk, by_id=maker, at=NOON)
    deciding.approve(refund_id=refund_id, by_id=officer("refund.decide"), at=NOON)
    assert Refund.objects.get(pk=refund_id).by_hand
    assert asking.claim(claim.pk).approved is True


def test_without_proof_nothing_becomes_of_it(lost, maker):
    claim = opened(lost, maker)
    with pytest.raises(claiming.NotProven):
        claiming.answer_with_refund(claim_id=claim.pk, by_id=maker, at=NOON)
    with pytest.raises(claiming.NotProven):
        claiming.answer_with_match(claim_id=claim.pk, reference="1", by_id=maker, at=NOON)
    refund = Refund.objects.create(
        movement=lost, currency="RWF", amount_minor=9, reason="x", state="REQUESTED", maker_id=maker
    )
    with pytest.raises(IntegrityError, match="claim_proven_before_answered"), transaction.atomic():
        Claim.objects.update(refund_id=refund.pk, answered_by_id=maker, answered_at=NOON)


def test_the_code_has_to_be_of_the_money(lost, maker):
    with pytest.raises(claiming.NotHers):
        opened(lost, maker, code="OTHER1")


def test_a_claim_is_proven_and_answered_once(lost, maker):
    claim = proven(lost, maker)
    with pytest.raises(claiming.ClaimAnswered):
        claiming.prove(claim_id=claim.pk, document_kind=DocumentKind.PASSPORT, by_id=maker, at=NOON)
    claiming.refuse(
        claim_id=claim.pk, reason="The SMS is of another payment.", by_id=maker, at=NOON
    )
    with pytest.raises(claiming.ClaimAnswered):
        claiming.answer_with_refund(claim_id=claim.pk, by_id=maker, at=NOON)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_claim SET refused_for = 'x'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM payments_claim")


def test_nobody_answers_a_claim_of_her_own(lost):
    herself = citizen(phone=PHONE)
    at_her_own_desk = officer("match.ask", "refund.ask", person_id=herself.person_id)
    with pytest.raises(OwnMoney):
        opened(lost, at_her_own_desk)
    claim = proven(lost, officer("match.ask"))
    with pytest.raises(OwnMoney):
        claiming.answer_with_refund(claim_id=claim.pk, by_id=at_her_own_desk, at=NOON)


def test_who_lost_the_right_does_nothing_more(lost, maker):
    claim = opened(lost, maker)
    Grant.objects.update(ended_at=NOON, ended_by_id=maker)
    kind = DocumentKind.PASSPORT
    with pytest.raises(NotGranted):
        claiming.prove(claim_id=claim.pk, document_kind=kind, by_id=maker, at=NOON)


def test_an_answer_is_of_the_same_money_by_raw_sql_too(world, lost, maker):
    proven(lost, maker)
    post(telling(world.bank, "nobody's", 700, external_id="OTHER"))
    other = Movement.objects.get(external_id="OTHER")
    refund = Refund.objects.create(
        movement=other,
        currency="RWF",
        amount_minor=7,
        reason="x",
        state="REQUESTED",
        maker_id=maker,
    )
    with pytest.raises(IntegrityError, match="one collection"), transaction.atomic():
        Claim.objects.update(refund_id=refund.pk, answered_by_id=maker, answered_at=NOON)


def test_a_refusal_says_why(lost, maker):
    claim = opened(lost, maker)
    with pytest.raises(SaysNothing):
        claiming.refuse(claim_id=claim.pk, reason=" ", by_id=maker, at=NOON)


def test_two_may_claim_the_same_money_and_each_waits_once(lost, maker):
    first = opened(lost, maker)
    with pytest.raises(claiming.ClaimedAlready) as known:
        opened(lost, maker)
    assert known.value.number == first.number
    opened(lost, maker, phone=STRANGER)
    assert Claim.objects.count() == 2


def test_the_desk_leads_from_the_sms_to_the_answer(lost, maker):
    browser = officer_at(maker)
    open_at = reverse("payments:claim_open", args=[lost.pk])
    assert browser.post(open_at, {"code": "WRONG", "phone": PHONE}).status_code == 422
    answer = browser.post(open_at, {"code": CODE, "phone": PHONE})
    claim = Claim.objects.get()
    address = reverse("payments:claim", args=[claim.pk])
    assert answer["Location"] == address
    assert claim.number in plain(browser.get("/desk/money/find/"))

    def act(name: str, **typed: str):
        return browser.post(reverse("payments:claim_act", args=[claim.pk, name]), typed)

    assert "Come to a desk with the proof" in plain(browser.get(address))
    assert act("prove", document_kind="").status_code == 422
    assert act("prove", document_kind="passport").status_code == 302
    bill = issue(500)
    assert "nobody&#x27;s reference" in act("match", reference="1").content.decode()
    assert act("match", reference=bill.reference).status_code == 302
    assert Match.objects.get().reason == f"claim {claim.number}"
    late = act("refuse", reason="late")
    assert late.status_code == 409
    assert "A second person decides" in plain(browser.get(address))


def test_nothing_of_a_claimant_is_open_text(lost, maker):
    opened(lost, maker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM payments_claim")
        [[phone]] = cursor.fetchall()
    assert b"788123456" not in bytes(phone)
