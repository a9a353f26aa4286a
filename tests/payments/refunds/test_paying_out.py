"""What a rail cannot pay back is paid by hand, once, to a payee whom two people have proven."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Grant
from accounts.operations import StepUpRefused
from accounts.policies import NotGranted
from kernel.models import AuditEntry
from payments import gateways
from payments.models import Alarm, OpenItem, Payee, Refund
from payments.operations import paying_out, refunding, repaying, watching
from payments.operations.refunding import OwnMoney, RefundDecided, SamePerson, SaysNothing
from payments.queries import proving
from payments.states import AlarmKind, Leg, PayeeAccount
from payments.states import RefundState as R
from tests.accounts.people import citizen, officer
from tests.payments import deciding
from tests.payments.books import broken
from tests.payments.refunds.desks import SOON, approved, confirm, paid_twice, proof, proven
from tests.payments.world import debit, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=2)


@pytest.fixture
def maker() -> int:
    return officer("refund.ask")


@pytest.fixture
def checker() -> int:
    return officer("refund.decide")


@pytest.fixture
def waiting(world, maker, checker) -> Refund:
    return approved(paid_twice(world), maker, checker)


def pay(refund: Refund, by_id: int, external_id: str = "PORTAL77") -> Refund:
    paying_out.paid(refund_id=refund.pk, external_id=external_id, by_id=by_id, at=LATER)
    return Refund.objects.get(pk=refund.pk)


def test_what_the_rail_cannot_send_back_is_paid_at_a_desk_and_the_statement_ends_it(
    world, waiting, maker, checker, commits
):
    assert waiting.by_hand
    paid = pay(proven(waiting, maker, checker), maker)
    assert (paid.state, paid.handle, paid.sent_at) == (R.PENDING, "PORTAL77", LATER)

    line = debit(world.bank, Leg.WITHDRAWAL, 500, external_id="PORTAL77", source="statement")
    post(line, at=LATER)

    commits()
    paid.refresh_from_db()
    assert (paid.state, paid.payout.external_id, paid.payout.leg) == (R.DONE, "PORTAL77", "payout")
    # The proof of the bill leads to the line that shows it.
    shown = proving.proof(paid.bill_id).movements[-1]
    assert (shown.movement_id, shown.leg) == (paid.payout.pk, "payout")
    assert broken() == {}


def test_no_errand_ever_takes_a_refund_that_is_paid_by_hand(waiting, maker, checker):
    for refund in (waiting, proven(waiting, maker, checker)):
        claimed = repaying.claim_refunds(limit=9, now=LATER, until=LATER + timedelta(seconds=8))
        assert claimed == []
        assert Refund.objects.get(pk=refund.pk).state == R.APPROVED


def test_a_part_that_the_rail_cannot_send_back_goes_by_hand_if_that_is_asked(world, maker, checker):
    movement = paid_twice(world)
    part = {"movement_id": movement.pk, "amount_minor": 200, "reason": "too much", "at": NOON}
    with pytest.raises(refunding.RefundInWhole):
        refunding.ask(by_id=maker, **part)

    refund_id = refunding.ask(by_id=maker, by_hand=True, **part)
    deciding.approve(refund_id=refund_id, by_id=checker, at=NOON)

    assert Refund.objects.get(pk=refund_id).state == R.APPROVED


def test_the_code_has_to_be_of_the_money_that_goes_back(waiting, maker):
    with pytest.raises(paying_out.CodeDiffers):
        paying_out.prove(refund_id=waiting.pk, proof=proof(code="FT25OTHER"), by_id=maker, at=NOON)
    for empty in ({"holder": " "}, {"number": ""}, {"code": " "}, {"bank": "a bank"}):
        with pytest.raises(SaysNothing):
            paying_out.prove(refund_id=waiting.pk, proof=proof(**empty), by_id=maker, at=NOON)
    assert not Payee.objects.exists()


def test_a_mistake_is_mended_until_the_second_person_has_confirmed_it(waiting, maker, checker):
    mistyped = proof(number="0788 123 457")
    paying_out.prove(refund_id=waiting.pk, proof=mistyped, by_id=maker, at=NOON)
    seen_before = Payee.objects.get().proven_at
    mended = proof(account_kind=PayeeAccount.BANK, number="00040 123", bank="A bank")
    paying_out.prove(refund_id=waiting.pk, proof=mended, by_id=maker, at=SOON)
    waiting = Refund.objects.get(pk=waiting.pk)

    with pytest.raises(paying_out.NoPayee):  # She saw the other number.
        paying_out.confirm(
            refund_id=waiting.pk,
            proven_at=seen_before,
            by_id=checker,
            step_up_id=deciding.step_up(checker, at=SOON),
            at=SOON,
        )
    confirm(waiting, checker)
    with pytest.raises(paying_out.PayeeConfirmed):
        paying_out.prove(refund_id=waiting.pk, proof=proof(), by_id=maker, at=LATER)
    with pytest.raises(paying_out.PayeeConfirmed):
        confirm(waiting, checker)
    assert Payee.objects.get().number == "00040 123"


def test_who_proves_a_payee_does_not_confirm_her(waiting):
    both = officer("refund.ask", "refund.decide")
    paying_out.prove(refund_id=waiting.pk, proof=proof(), by_id=both, at=NOON)
    waiting = Refund.objects.get(pk=waiting.pk)
    with pytest.raises(SamePerson):
        confirm(waiting, both)
    with pytest.raises(IntegrityError, match="one person"), transaction.atomic():
        Payee.objects.update(checker_id=both, confirmed_at=SOON)


def test_a_confirmation_needs_a_password_shown_just_now(waiting, maker, checker):
    paying_out.prove(refund_id=waiting.pk, proof=proof(), by_id=maker, at=NOON)
    waiting = Refund.objects.get(pk=waiting.pk)
    tries = {
        "missing": 0,
        "old": deciding.step_up(checker, at=SOON - timedelta(minutes=6)),
        "another's": deciding.step_up(maker, at=SOON),
        "for something else": deciding.step_up(checker, at=SOON, purpose="case.sign"),
    }
    for step_up_id in tries.values():
        with pytest.raises(StepUpRefused):
            paying_out.confirm(
                refund_id=waiting.pk,
                proven_at=waiting.payee.proven_at,
                by_id=checker,
                step_up_id=step_up_id,
                at=SOON,
            )
    assert Payee.objects.get().confirmed_at is None


def test_nobody_pays_a_payee_whom_only_one_person_has_proven(waiting, maker):
    with pytest.raises(paying_out.NoPayee):
        pay(waiting, maker)
    paying_out.prove(refund_id=waiting.pk, proof=proof(), by_id=maker, at=NOON)
    with pytest.raises(paying_out.NoPayee):
        pay(waiting, maker)
    with pytest.raises(IntegrityError, match="no payee"), transaction.atomic():
        Refund.objects.filter(pk=waiting.pk).update(state="SENDING")


def test_it_is_paid_once_however_often_the_button_is_pressed(waiting, maker, checker):
    paid = pay(proven(waiting, maker, checker), maker)
    with pytest.raises(RefundDecided):
        pay(paid, maker, "PORTAL78")
    assert Refund.objects.get(pk=paid.pk).handle == "PORTAL77"


def test_one_id_pays_one_refund_and_nothing_that_a_statement_has_told_before(
    world, waiting, maker, checker
):
    first = pay(proven(waiting, maker, checker), maker)
    second = approved(paid_twice(world, external_id="FT25 AGAIN"), maker, checker)
    second = proven(second, maker, checker)
    with pytest.raises(paying_out.IdTaken):
        pay(second, maker, first.handle)
    post(debit(world.bank, Leg.WITHDRAWAL, 500, external_id="GONE", source="statement"))
    with pytest.raises(paying_out.AlreadyOnStatement):
        pay(second, maker, "GONE")
    with pytest.raises(SaysNothing):
        pay(second, maker, "  ")


def test_nobody_is_paid_at_her_own_desk(world, checker):
    herself = citizen(phone="+250788123456")
    at_her_own_desk = officer("refund.ask", "refund.decide", person_id=herself.person_id)
    maker = officer("refund.ask")
    refund = approved(paid_twice(world), maker, checker)

    with pytest.raises(OwnMoney):
        paying_out.prove(refund_id=refund.pk, proof=proof(), by_id=at_her_own_desk, at=NOON)
    paying_out.prove(refund_id=refund.pk, proof=proof(), by_id=maker, at=NOON)
    with pytest.raises(OwnMoney):
        confirm(Refund.objects.get(pk=refund.pk), at_her_own_desk)


def test_who_lost_the_right_in_the_meantime_does_nothing(waiting, maker, checker):
    paying_out.prove(refund_id=waiting.pk, proof=proof(), by_id=maker, at=NOON)
    Grant.objects.update(ended_at=NOON, ended_by_id=maker)
    with pytest.raises(NotGranted):
        confirm(Refund.objects.get(pk=waiting.pk), checker)
    with pytest.raises(NotGranted):
        paying_out.prove(refund_id=waiting.pk, proof=proof(), by_id=maker, at=SOON)


def test_what_was_not_paid_after_all_returns_to_suspense_by_another_persons_word(
    world, waiting, maker, checker, commits
):
    both = officer("refund.ask", "refund.decide")
    paid = pay(proven(waiting, maker, checker), both)

    def not_paid(by_id: int, reason: str = "the portal refused it") -> None:
        paying_out.not_paid(
            refund_id=paid.pk,
            reason=reason,
            by_id=by_id,
            step_up_id=deciding.step_up(by_id, at=LATER),
            at=LATER,
        )

    with pytest.raises(SamePerson):
        not_paid(both)
    with pytest.raises(SaysNothing):
        not_paid(checker, " ")
    not_paid(checker)
    commits()
    paid.refresh_from_db()
    assert (paid.state, paid.failure_reason) == (R.FAILED, "not_paid_by_hand")
    assert broken() == {}
    with pytest.raises(RefundDecided):
        not_paid(checker)


def test_money_that_nobody_comes_for_returns_to_suspense_by_another_persons_word(
    world, checker, commits
):
    both = officer("refund.ask", "refund.decide")
    waiting = approved(paid_twice(world), both, checker)

    def nobody_came(by_id: int, reason: str = "written to twice", *, step_up: bool = True) -> None:
        paying_out.nobody_came(
            refund_id=waiting.pk,
            reason=reason,
            by_id=by_id,
            step_up_id=deciding.step_up(by_id, at=LATER) if step_up else 0,
            at=LATER,
        )

    with pytest.raises(SamePerson):
        nobody_came(both)
    with pytest.raises(SaysNothing):
        nobody_came(checker, " ")
    with pytest.raises(StepUpRefused):
        nobody_came(checker, step_up=False)
    with pytest.raises(NotGranted):
        nobody_came(officer("refund.ask"))
    nobody_came(checker)

    commits()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.failure_reason) == (R.FAILED, "nobody_came")
    assert OpenItem.objects.get().amount_minor == 500
    assert AuditEntry.objects.get(act="refund.nobody_came").reason == "written to twice"
    assert broken() == {}
    with pytest.raises(RefundDecided):
        nobody_came(checker)


def test_what_was_paid_by_hand_or_goes_by_the_rail_has_no_such_end(
    world, waiting, maker, checker, monkeypatch
):
    pay(proven(waiting, maker, checker), maker)
    monkeypatch.setattr(gateways, "refunds", lambda **_rail: object())
    by_rail = approved(paid_twice(world, external_id="BYRAIL"), maker, checker)
    assert (by_rail.state, by_rail.by_hand) == (R.APPROVED, False)
    for refund in (waiting, by_rail):
        with pytest.raises(RefundDecided):
            paying_out.nobody_came(
                refund_id=refund.pk,
                reason="x",
                by_id=checker,
                step_up_id=deciding.step_up(checker, at=LATER),
                at=LATER,
            )
    refunding.fail(refunding.lock(by_rail.pk), "refused", at=LATER)
    assert Refund.objects.get(pk=by_rail.pk).state == R.APPROVED
    with pytest.raises(IntegrityError, match="does not wait for a payee"), transaction.atomic():
        Refund.objects.filter(pk=by_rail.pk).update(state=R.FAILED)


def test_what_waits_for_a_payer_at_a_desk_rings_after_a_month(waiting):
    stuck = Alarm.objects.filter(kind=AlarmKind.REFUND_STUCK)
    watching.watch(NOON + timedelta(days=29))
    assert not stuck.exists()
    watching.watch(NOON + timedelta(days=30))
    assert [alarm.facts["reason"] for alarm in stuck] == ["nobody_came"]


def test_what_no_statement_shows_in_three_days_rings(waiting, maker, checker):
    pay(proven(waiting, maker, checker), maker)
    stuck = Alarm.objects.filter(kind=AlarmKind.REFUND_STUCK)

    watching.watch(LATER + timedelta(days=2))
    assert not stuck.exists()
    watching.watch(LATER + timedelta(days=3, minutes=1))
    assert stuck.get().subject == f"refund:{waiting.pk}"


def test_the_payees_name_and_number_are_no_open_text_and_in_no_trace(waiting, maker, checker):
    pay(proven(waiting, maker, checker), maker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, holder FROM payments_payee")
        number, holder = map(bytes, cursor.fetchone())
    assert b"788123456" not in number
    assert b"Umutesi" not in holder
    acts = AuditEntry.objects.filter(subject="payments.refund").order_by("pk")
    assert [entry.act for entry in acts] == [
        "refund.payee_proven",
        "refund.payee_confirmed",
        "refund.paid_by_hand",
    ]
    assert "788123456" not in str([(entry.reason, entry.detail) for entry in acts])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments_payee SET holder = number",
        "UPDATE payments_payee SET maker_id = checker_id, checker_id = maker_id",
        "UPDATE payments_payee SET confirmed_at = NULL, checker_id = NULL",
        "DELETE FROM payments_payee",
        "UPDATE payments_refund SET by_hand = false",
    ],
)
def test_a_confirmed_payee_stays_by_raw_sql_too(waiting, maker, checker, change):
    proven(waiting, maker, checker)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_money_that_the_rail_pays_back_has_no_payee(world, maker, checker, monkeypatch):
    for asked in (refunding, refunding.bounds):
        monkeypatch.setattr(asked, "pays_back", lambda **_rail: True)
    post(telling(world.mtn, "nobody's", 500, external_id="FT25AGAIN"))
    movement = paid_twice(world, external_id="ELSE")
    refund = approved(movement, maker, checker)
    assert not refund.by_hand
    with pytest.raises(RefundDecided):
        paying_out.prove(refund_id=refund.pk, proof=proof(code="ELSE"), by_id=maker, at=NOON)
