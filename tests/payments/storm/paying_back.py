"""The acts of a storm that have to do with refunds."""

from contextlib import suppress
from datetime import datetime, timedelta

from payments import posting
from payments.gateways.base import Debit
from payments.models import Bill, Movement, Refund
from payments.operations import billing, prompting, proposing, refunding, repaying
from payments.states import Leg
from tests.payments import deciding
from tests.payments.storm.providers import Mpesa, Mtn, Provider

LEASE = timedelta(seconds=8)
UNWILLING = (
    billing.BillNotOpen,
    billing.ChargeAlreadyBilled,
    prompting.CannotPrompt,
    refunding.NothingToRefund,
    refunding.RefundDecided,
    refunding.RefundInWhole,
    posting.NothingLeft,
)


class Refunding:
    now: datetime
    maker: int
    checker: int
    mtn: Mtn
    mpesa: Mpesa
    providers: dict[str, Provider]

    def clock(self) -> datetime:
        raise NotImplementedError

    def bill(self, back: int, *, currency: str = "") -> Bill | None:
        raise NotImplementedError

    # --- refunds ------------------------------------------------------------------------------

    def want_refund(self, which: int, part: int) -> None:
        came = list(Movement.objects.filter(leg=Leg.CREDIT).order_by("-pk")[:6])
        if not came:
            return
        one = came[which % len(came)]
        with suppress(*UNWILLING):
            refunding.ask(
                movement_id=one.pk,
                amount_minor=max(1, one.amount_minor * part // 4),
                reason="storm",
                by_id=self.maker,
                at=self.now,
            )

    def propose(self, back: int) -> None:
        if bill := self.bill(back):
            proposing.for_withdrawn(bill_id=bill.pk, at=self.now)
            proposing.for_expired(bill_id=bill.pk, at=self.now)

    def decide(self, which: int, decision: str) -> None:
        waiting = Refund.objects.filter(state__in=["PROPOSED", "REQUESTED", "AWAITING_FUNDS"])
        refund = waiting.order_by("-pk")[which : which + 1].first()
        if refund is None:
            return
        with suppress(*UNWILLING):
            if refund.state == "PROPOSED":
                refunding.take_up(refund_id=refund.pk, by_id=self.maker, at=self.now)
            elif decision == "approve":
                deciding.approve(refund_id=refund.pk, by_id=self.checker, at=self.now)
            else:
                refunding.decline(refund_id=refund.pk, by_id=self.checker, at=self.now)

    def send_refunds(self, takes: str) -> None:
        for provider in self.providers.values():
            provider.takes = takes
        for refund_id in repaying.claim_refunds(limit=2, now=self.now, until=self.now + LEASE):
            repaying.send_refund(refund_id=refund_id, clock=self.clock)

    def settle_refund(self, which: int, *, is_paid: bool) -> None:
        """The provider pays a refund out, or will not."""
        ordered = [(p, key) for p in (self.mtn, self.mpesa) for key in p.refunds]
        if ordered:
            provider, key = ordered[-1 - which % len(ordered)]
            provider.decide(key, is_paid=is_paid and self._may_pay(provider, key))

    def _may_pay(self, provider: Provider, key) -> bool:
        """No provider pays back what it has taken back already."""
        original = provider.refunds[key]["order"].movement_id
        came = provider.truth.money.get((provider.rail, original))
        gone = sum(
            one.amount_minor
            for one in provider.truth.of(provider.rail, Debit)
            if one.original_id == original and one.leg == Leg.REVERSAL
        )
        amount_minor = provider.refunds[key]["order"].amount_minor
        return came is not None and gone + amount_minor <= came.amount_minor

    def ask_after_refunds(self) -> None:
        for refund_id in repaying.claim_refund_queries(
            limit=4, now=self.now, until=self.now + LEASE
        ):
            repaying.ask_after_refund(refund_id=refund_id, clock=self.clock)
