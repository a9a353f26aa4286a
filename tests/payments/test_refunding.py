"""Paying money back: two people, once only, and what is not known is asked after."""

from datetime import timedelta

import pytest
import structlog
from django.db import IntegrityError, connection, transaction

from accounts import queries as accounts
from accounts.policies import NotGranted
from kernel.models import EventRow
from payments import gateways, posting
from payments.events import DebitUnexplained
from payments.gateways.base import Vendor
from payments.gateways.prompt import Failure, NeverHeard, NotSent, Outcome, Refused, Unclear
from payments.gateways.refund import RefundAnswer
from payments.models import Alarm, Bill, FloatTopUp, InboundMessage, Movement, Refund
from payments.operations import alarms, floating, proposing, refunding, repaying, watching
from payments.states import AlarmKind, Leg, Source
from payments.states import RefundState as R
from tests.accounts.people import citizen, officer
from tests.payments import deciding
from tests.payments.world import debit, issue, make_world, post, telling
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=1)
UNTIL = SOON + timedelta(seconds=8)


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def maker() -> int:
    return officer("refund.ask")


@pytest.fixture
def checker() -> int:
    return officer("refund.decide")


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


@pytest.fixture
def provider(monkeypatch) -> Provider:
    stand_in = Provider()
    monkeypatch.setattr(gateways, "refunds", lambda **_rail: stand_in)
    return stand_in


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


def test_a_second_payment_is_proposed_back_by_rule_and_only_once(world):
    _, twice = paid_twice(world)

    first = proposing.for_suspended(movement_id=twice.pk, at=NOON)
    again = proposing.for_suspended(movement_id=twice.pk, at=SOON)

    refund = Refund.objects.get()
    assert first == again == refund.pk
    assert (refund.state, refund.rule, refund.amount_minor) == (R.PROPOSED, "paid_twice", 500)
    assert refund.maker_id is None


def test_a_wrong_reference_is_nobodys_to_propose(world):
    post(telling(world.bank, "not a reference", 500, external_id="LOST"))

    lost = Movement.objects.get(external_id="LOST")
    assert proposing.for_suspended(movement_id=lost.pk, at=NOON) is None


def test_what_was_paid_in_part_is_proposed_when_the_term_ends(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 200))
    assert proposing.for_expired(bill_id=bill.id, at=NOON) == []

    Bill.objects.filter(pk=bill.id).update(state="EXPIRED")
    Bill.objects.get(pk=bill.id).lines.update(live=False)

    [refund_id] = proposing.for_expired(bill_id=bill.id, at=NOON)
    assert Refund.objects.get(pk=refund_id).amount_minor == 200


def test_two_people_decide_and_one_never_does(world, maker, checker):
    _, twice = paid_twice(world)
    both = officer("refund.ask", "refund.decide")
    refund_id = refunding.ask(
        movement_id=twice.pk, amount_minor=500, reason="paid twice", by_id=both, at=NOON
    )

    with pytest.raises(refunding.SamePerson):
        deciding.approve(refund_id=refund_id, by_id=both, at=NOON)
    with pytest.raises(refunding.SamePerson):
        refunding.decline(refund_id=refund_id, by_id=both, at=NOON)
    with pytest.raises(NotGranted):
        deciding.approve(refund_id=refund_id, by_id=maker, at=NOON)
    with pytest.raises(IntegrityError, match=r"refund_two_people|one person"), transaction.atomic():
        Refund.objects.filter(pk=refund_id).update(
            state=R.APPROVED, checker_id=both, decided_at=NOON
        )

    deciding.approve(refund_id=refund_id, by_id=checker, at=NOON)
    assert Refund.objects.get().state == R.APPROVED


def test_nobody_without_the_right_asks(world, checker):
    _, twice = paid_twice(world)
    with pytest.raises(NotGranted):
        refunding.ask(movement_id=twice.pk, amount_minor=1, reason="x", by_id=checker, at=NOON)


def test_never_more_than_came_in(world, maker, checker):
    _, twice = paid_twice(world)
    with pytest.raises(refunding.NothingToRefund):
        refunding.ask(movement_id=twice.pk, amount_minor=501, reason="x", by_id=maker, at=NOON)

    approved(twice, maker, checker)
    with pytest.raises(refunding.NothingToRefund):
        refunding.ask(movement_id=twice.pk, amount_minor=500, reason="x", by_id=maker, at=NOON)


def test_a_proposal_is_taken_up_and_another_declines_it(world, maker, checker):
    _, twice = paid_twice(world)
    refund_id = proposing.for_suspended(movement_id=twice.pk, at=NOON)

    refunding.take_up(refund_id=refund_id, by_id=maker, at=NOON)
    with pytest.raises(refunding.RefundDecided):
        refunding.take_up(refund_id=refund_id, by_id=maker, at=NOON)
    refunding.decline(refund_id=refund_id, by_id=checker, at=NOON)

    assert Refund.objects.get().state == R.DECLINED
    with pytest.raises(refunding.RefundDecided):
        deciding.approve(refund_id=refund_id, by_id=checker, at=NOON)


def test_a_part_is_proposed_and_not_taken_up_where_the_rail_pays_back_the_whole(world, maker):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 800, external_id="OVER"))
    over = Movement.objects.get(external_id="OVER")

    refund_id = proposing.for_suspended(movement_id=over.pk, at=NOON)
    with pytest.raises(refunding.RefundInWhole):
        refunding.take_up(refund_id=refund_id, by_id=maker, at=NOON)

    # A person may pay it at a desk; and another rail can.
    assert Refund.objects.get().state == R.PROPOSED
    post(telling(world.mtn, issue(500).reference, 800, external_id="OVER TOO"))
    over_too = Movement.objects.get(external_id="OVER TOO")
    in_part = proposing.for_suspended(movement_id=over_too.pk, at=NOON)
    refunding.take_up(refund_id=in_part, by_id=maker, at=NOON)
    assert Refund.objects.get(pk=in_part).state == R.REQUESTED


def test_a_part_that_was_asked_for_is_not_approved_where_the_rail_pays_back_the_whole(
    world, maker, checker, from_float, monkeypatch
):
    _, twice = paid_twice(world)
    refund_id = refunding.ask(
        movement_id=twice.pk, amount_minor=300, reason="over", by_id=maker, at=NOON
    )
    monkeypatch.setitem(gateways.VENDORS, "bycontract", Vendor(kind="bycontract"))

    with pytest.raises(refunding.RefundInWhole):
        deciding.approve(refund_id=refund_id, by_id=checker, at=NOON)
    assert Refund.objects.get().state == R.REQUESTED


def own_bill(world, contact_id: int) -> Movement:
    """A bill of this payer, paid once and once again; return the second payment."""
    bill, twice = paid_twice(world)
    Bill.objects.filter(pk=bill.pk).update(payer_contact_id=contact_id)
    return twice


def test_nobody_asks_for_or_decides_what_goes_back_to_herself(world, maker, checker):
    payer = citizen()
    twice = own_bill(world, payer.contact_id)
    herself = officer("refund.ask", "refund.decide", person_id=payer.person_id)
    asked = {"amount_minor": 500, "reason": "paid twice", "at": NOON}
    before = NOON - timedelta(days=1)  # Nobody knew then whose phone it was.
    reached = {"account_id": herself, "contact_id": payer.contact_id}
    assert accounts.is_reached_at(**reached, at=NOON)
    assert not accounts.is_reached_at(**reached, at=before)
    assert accounts.is_reached_at(**{**reached, "account_id": payer.account_id}, at=before)

    with pytest.raises(refunding.OwnMoney):
        refunding.ask(movement_id=twice.pk, by_id=herself, **asked)
    proposed = proposing.for_suspended(movement_id=twice.pk, at=NOON)
    with pytest.raises(refunding.OwnMoney):
        refunding.take_up(refund_id=proposed, by_id=herself, at=NOON)
    refunding.take_up(refund_id=proposed, by_id=maker, at=NOON)
    with pytest.raises(refunding.OwnMoney):
        deciding.approve(refund_id=proposed, by_id=herself, at=NOON)

    deciding.approve(refund_id=proposed, by_id=checker, at=NOON)
    assert Refund.objects.get().state == R.APPROVED


def test_an_approved_refund_leaves_suspense_and_stands_in_transit(world, maker, checker):
    _, twice = paid_twice(world)

    approved(twice, maker, checker)

    check_everything()
    assert sum(twice.suspense_items.values_list("amount_minor", flat=True)) == 0


def test_an_order_is_sent_once_and_done_by_the_providers_word(world, maker, checker, provider):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)

    assert send(refund) == R.PENDING
    assert refund.handle == "HANDLE"
    assert repaying.claim_refunds(limit=1, now=SOON, until=UNTIL) == []
    told = posting.Telling(
        rail_id=world.bank.pk,
        told=_payout(refund),
        source=Source.MESSAGE,
        source_id=9_999,
        source_at=SOON,
    )
    with transaction.atomic():
        posting.post([told], at=SOON)

    refund.refresh_from_db()
    assert refund.state == R.DONE
    payout = Movement.objects.get(leg=Leg.PAYOUT)
    assert (payout.refund_id, payout.amount_minor) == (refund.pk, 500)
    assert len(provider.sent) == 1
    check_everything()


def test_a_refusal_returns_the_money_to_suspense(world, maker, checker, provider):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    provider.on_send = Refused(Failure.LIMIT_REACHED)

    assert send(refund) == R.FAILED

    assert sum(twice.suspense_items.values_list("amount_minor", flat=True)) == 500
    check_everything()


def test_an_order_that_did_not_leave_is_sent_again(world, maker, checker, provider):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    provider.on_send = NotSent()

    assert send(refund) == R.APPROVED
    assert repaying.claim_refunds(limit=1, now=SOON, until=UNTIL) == []  # It waits a moment.
    later = SOON + repaying.AGAIN_AFTER
    assert repaying.claim_refunds(limit=1, now=later, until=later) == [refund.pk]


@pytest.mark.parametrize("trouble", [Unclear(), RuntimeError()])
def test_an_order_that_may_have_left_is_never_sent_again(world, maker, checker, provider, trouble):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    provider.on_send = trouble

    assert send(refund) == R.UNKNOWN

    later = SOON + timedelta(days=30)
    assert repaying.claim_refunds(limit=9, now=later, until=later) == []
    assert repaying.claim_refund_queries(limit=9, now=later, until=later) == [refund.pk]


def test_a_worker_that_died_while_sending_leaves_an_unknown(world, maker, checker, provider):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    repaying.claim_refunds(limit=1, now=SOON, until=UNTIL)

    later = SOON + timedelta(minutes=5)
    assert repaying.claim_refunds(limit=1, now=later, until=later) == []

    refund.refresh_from_db()
    assert refund.state == R.UNKNOWN
    assert provider.sent == []
    repaying.send_refund(refund_id=refund.pk, clock=lambda: later)  # The dead one comes back.
    assert provider.sent == []


def test_an_unknown_outcome_becomes_known_by_asking(world, maker, checker, provider):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    provider.on_send = Unclear()
    send(refund)
    provider.on_status = RefundAnswer(body=b"{}", outcome=Outcome.FAILED, reason="closed")

    repaying.ask_after_refund(refund_id=refund.pk, clock=lambda: SOON)

    refund.refresh_from_db()
    assert (refund.state, refund.failure_reason) == (R.FAILED, "closed")
    assert InboundMessage.objects.get().kind == "bycontract.refund"
    check_everything()


def test_what_the_provider_never_heard_of_fails_only_after_a_while(world, maker, checker, provider):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    provider.on_send, provider.on_status = Unclear(), NeverHeard()
    send(refund)

    repaying.ask_after_refund(refund_id=refund.pk, clock=lambda: SOON)
    refund.refresh_from_db()
    assert refund.state == R.UNKNOWN

    repaying.ask_after_refund(refund_id=refund.pk, clock=lambda: SOON + repaying.ARRIVES_WITHIN)
    refund.refresh_from_db()
    assert (refund.state, refund.failure_reason) == (R.FAILED, "not_arrived")


def taken_by_the_provider(world, maker, checker, provider) -> Refund:
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    assert send(refund) == R.PENDING
    return refund


def test_what_the_provider_took_never_fails_because_it_forgot_it(world, maker, checker, provider):
    refund = taken_by_the_provider(world, maker, checker, provider)
    provider.on_status = NeverHeard()

    later = SOON + timedelta(hours=25)
    repaying.ask_after_refund(refund_id=refund.pk, clock=lambda: later)

    refund.refresh_from_db()
    assert refund.state == R.PENDING
    assert refund.next_query_at > later  # It is asked after as long as it hangs,
    watching.watch(later)
    assert ringing(AlarmKind.REFUND_STUCK) == [f"refund:{refund.pk}"]  # and a person is told.


def test_what_the_provider_took_after_the_lease_had_run_out_was_taken(
    world, maker, checker, provider
):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    provider.on_send = ""  # Our key is enough for it.

    def while_sending(order):
        late = UNTIL + repaying.CALL_TIME + timedelta(seconds=1)
        repaying.claim_refunds(limit=1, now=late, until=late)
        refund.refresh_from_db()
        assert refund.state == R.UNKNOWN
        return ""

    provider.send = while_sending
    assert send(refund) == R.PENDING

    provider.on_status = NeverHeard()
    repaying.ask_after_refund(refund_id=refund.pk, clock=lambda: SOON + timedelta(days=1))
    refund.refresh_from_db()
    assert refund.state == R.PENDING


def test_a_payout_of_a_refund_that_had_failed_is_a_withdrawal_that_rings(
    world, maker, checker, provider
):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    provider.on_send = Refused(Failure.NETWORK_TROUBLE)
    assert send(refund) == R.FAILED

    post(debit(world.bank, Leg.PAYOUT, 500, key=refund.key, external_id="LATE"))

    refund.refresh_from_db()
    assert refund.state == R.FAILED
    late = Movement.objects.get(external_id="LATE")
    assert (late.leg, late.refund_id) == (Leg.WITHDRAWAL, None)
    news = EventRow.objects.filter(name=DebitUnexplained.name)
    assert list(news.values_list("payload__subject_id", flat=True)) == [late.pk]
    check_everything()


def test_a_refund_that_failed_rings_and_no_rule_proposes_it_again(world, maker, checker, provider):
    _, twice = paid_twice(world)
    refund_id = proposing.for_suspended(movement_id=twice.pk, at=NOON)
    refunding.take_up(refund_id=refund_id, by_id=maker, at=NOON)
    deciding.approve(refund_id=refund_id, by_id=checker, at=NOON)
    provider.on_send = Refused(Failure.LIMIT_REACHED)
    refund = Refund.objects.get()
    assert send(refund) == R.FAILED

    watching.watch(SOON)
    watching.watch(SOON + timedelta(hours=1))
    assert ringing(AlarmKind.REFUND_FAILED) == [f"refund:{refund.pk}"]
    alarm = Alarm.objects.get(kind=AlarmKind.REFUND_FAILED)
    assert alarm.facts["reason"] == Failure.LIMIT_REACHED
    assert proposing.for_suspended(movement_id=twice.pk, at=SOON) == refund.pk

    alarms.clear(alarm_id=alarm.pk, by_id=officer("alarm.clear"), at=SOON)
    watching.watch(SOON + timedelta(hours=2))
    assert ringing(AlarmKind.REFUND_FAILED) == []
    assert approved(twice, maker, checker).state == R.APPROVED  # People may ask anew.


def ringing(kind: AlarmKind) -> list[str]:
    rows = Alarm.objects.filter(kind=kind, cleared_at=None)
    return list(rows.values_list("subject", flat=True))


@pytest.fixture
def from_float(monkeypatch) -> None:
    """The bank pays refunds out of a float."""
    poor = Vendor(kind="bycontract", refunds_from_float=True, refunds_in_part=True)
    monkeypatch.setitem(gateways.VENDORS, "bycontract", poor)


def test_an_empty_float_makes_it_wait_and_a_full_one_releases_it(world, maker, checker, from_float):
    _, twice = paid_twice(world)
    refund = approved(twice, maker, checker)
    assert refund.state == R.AWAITING_FUNDS
    assert refunding.release_funded(limit=9, now=SOON) == 0

    filled = {"rail_code": "bank-rw", "reason": "moved at the bank", "by_id": maker, "at": NOON}
    too_little = floating.ask(amount_minor=499, **filled)
    floating.confirm(top_up_id=too_little, by_id=checker, at=NOON)
    assert refunding.release_funded(limit=9, now=SOON) == 0
    the_rest = floating.ask(amount_minor=1, **filled)
    assert refunding.release_funded(limit=9, now=SOON) == 0  # Asked for is not there yet.
    floating.confirm(top_up_id=the_rest, by_id=checker, at=NOON)

    assert refunding.release_funded(limit=9, now=SOON) == 1
    refund.refresh_from_db()
    assert refund.state == R.APPROVED
    check_everything()


def test_a_refund_whose_money_is_gone_rings_and_stops_no_other(world, maker, checker, from_float):
    _, first = paid_twice(world)
    gone = approved(first, maker, checker)
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500))
    post(telling(world.bank, bill.reference, 500, external_id="AND AGAIN"))
    waits = approved(Movement.objects.get(external_id="AND AGAIN"), maker, checker)
    post(debit(world.bank, Leg.REVERSAL, 500, original="AGAIN"))
    top_up = floating.ask(
        rail_code="bank-rw", amount_minor=5000, reason="moved", by_id=maker, at=NOON
    )
    floating.confirm(top_up_id=top_up, by_id=checker, at=NOON)

    assert refunding.release_funded(limit=9, now=SOON) == 1

    for refund in (gone, waits):
        refund.refresh_from_db()
    assert (gone.state, waits.state) == (R.AWAITING_FUNDS, R.APPROVED)
    watching.watch(SOON)
    assert ringing(AlarmKind.REFUND_STUCK) == [f"refund:{gone.pk}"]
    assert Alarm.objects.get().facts["reason"] == "nothing_left"

    refunding.decline(refund_id=gone.pk, by_id=checker, at=SOON)
    watching.watch(SOON)
    assert ringing(AlarmKind.REFUND_STUCK) == []
    check_everything()


def test_a_step_that_breaks_stops_no_other_that_time_brings(world, monkeypatch):
    def broken(**_told):
        raise RuntimeError("a name that must not be logged")

    done = []
    monkeypatch.setattr(errands.payments, "expire_due", broken)
    monkeypatch.setattr(errands.applications, "release_holds", lambda **_told: done.append(1))

    with structlog.testing.capture_logs() as logs:
        errands.let_time_pass(now=NOON)

    assert done == [1]
    [told] = [line for line in logs if line["event"] == "step.broke"]
    assert told["step"] == "expire_due"
    assert told["log_level"] == "error"
    assert "a name" not in str(told)


def test_two_refunds_do_not_spend_one_float(world, maker, checker, from_float):
    top_up = floating.ask(
        rail_code="bank-rw", amount_minor=700, reason="moved", by_id=maker, at=NOON
    )
    floating.confirm(top_up_id=top_up, by_id=checker, at=NOON)
    _, first = paid_twice(world)
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500))
    post(telling(world.bank, bill.reference, 500, external_id="AND AGAIN"))

    assert approved(first, maker, checker).state == R.APPROVED
    second = Movement.objects.get(external_id="AND AGAIN")
    assert approved(second, maker, checker).state == R.AWAITING_FUNDS


def test_one_person_fills_no_float(world, maker, checker):
    both = officer("refund.ask", "refund.decide")
    filled = {"rail_code": "bank-rw", "amount_minor": 5, "reason": "moved", "at": NOON}
    top_up = floating.ask(by_id=both, **filled)

    with pytest.raises(refunding.SamePerson):
        floating.confirm(top_up_id=top_up, by_id=both, at=NOON)
    with pytest.raises(NotGranted):
        floating.confirm(top_up_id=top_up, by_id=maker, at=NOON)
    floating.confirm(top_up_id=top_up, by_id=checker, at=NOON)
    with pytest.raises(floating.AlreadyConfirmed):
        floating.confirm(top_up_id=top_up, by_id=checker, at=NOON)
    with pytest.raises(floating.NothingToFill):
        floating.ask(by_id=both, **{**filled, "amount_minor": 0})


def test_a_top_up_that_is_confirmed_and_not_posted_is_refused(world, maker, checker):
    top_up = floating.ask(rail_code="bank-rw", amount_minor=5, reason="moved", by_id=maker, at=NOON)
    FloatTopUp.objects.filter(pk=top_up).update(checker_id=checker, confirmed_at=NOON)

    with pytest.raises(IntegrityError, match="confirmed and posted are one"):
        check_everything()


def test_a_refund_of_what_paid_a_bill_opens_the_bill_again(world, maker, checker):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="PAID"))

    approved(Movement.objects.get(external_id="PAID"), maker, checker)

    assert Bill.objects.get(pk=bill.id).state == "OPEN"
    check_everything()


def _payout(refund: Refund):
    return gateways.base.Debit(
        leg=Leg.PAYOUT,
        external_id="OUT-1",
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        occurred_at=SOON,
        key=refund.key,
    )
