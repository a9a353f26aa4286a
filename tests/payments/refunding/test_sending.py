"""An order to pay back is sent once, and what is not known is asked after."""

from datetime import timedelta

import pytest
from django.db import transaction

from kernel.models import EventRow
from payments import gateways, posting
from payments.events import DebitUnexplained
from payments.gateways.prompt import Failure, NeverHeard, NotSent, Outcome, Refused, Unclear
from payments.gateways.refund import RefundAnswer
from payments.models import Alarm, InboundMessage, Movement, Refund
from payments.operations import alarms, proposing, refunding, repaying, watching
from payments.states import AlarmKind, Leg, Source
from payments.states import RefundState as R
from tests.accounts.people import officer
from tests.payments import deciding
from tests.payments.refunding.world import (
    SOON,
    UNTIL,
    approved,
    check_everything,
    paid_twice,
    ringing,
    send,
)
from tests.payments.world import debit, post
from tests.world import NOON

pytestmark = pytest.mark.django_db


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


def _payout(refund: Refund):
    return gateways.base.Debit(
        leg=Leg.PAYOUT,
        external_id="OUT-1",
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        occurred_at=SOON,
        key=refund.key,
    )
