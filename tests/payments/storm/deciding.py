"""The acts of a storm that two people do: what withdrawals were, what leaves suspense for good."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from payments import posting
from payments.gateways.base import Debit, Told
from payments.models import Explanation, Movement, Release, SuspenseItem
from payments.operations import floating
from payments.states import Leg, ReleaseKind
from tests.payments.control.allowed import allow_sweeps, allow_write_offs
from tests.payments.storm.providers import Truth

MTN, BANK = "mtn-rw", "bank-rw"
# A sweep is expected for five days.
ARRIVES_WITHIN = timedelta(days=4)
TERM = timedelta(days=366)


class Deciding:
    now: datetime
    truth: Truth
    maker: int
    checker: int

    def import_file(self, rail: str, lines: list[Told], *, is_whole: bool) -> None:
        raise NotImplementedError

    def explain(self, which: int, answer: str) -> None:
        """Two people say what a withdrawal was, as it truly was."""
        free = Movement.objects.filter(leg=Leg.WITHDRAWAL, explanations=None)
        gone = free.order_by("-pk")[which : which + 1].first()
        if gone is None:
            return
        original = self._taken_back(gone)
        with suppress(posting.NothingLeft), transaction.atomic():
            allow_write_offs(currency=gone.currency)
            allow_sweeps(gone.rail)
            asked = Explanation.objects.create(
                movement=gone,
                answer="reversal" if original else answer,
                original=original,
                reason="storm",
                maker_id=self.maker,
                asked_at=self.now,
            )
            Explanation.objects.filter(pk=asked.pk).update(
                approved=True, checker_id=self.checker, decided_at=self.now
            )
            posting.explain(asked.pk, at=self.now)

    def _taken_back(self, gone: Movement) -> Movement | None:
        told = self.truth.money.get((gone.rail.code, gone.external_id))
        if not isinstance(told, Debit) or told.leg != Leg.REVERSAL:
            return None
        return Movement.objects.filter(
            rail=gone.rail,
            external_id=told.original_id,
            leg=Leg.CREDIT,
            currency=gone.currency,
            amount_minor__gte=gone.amount_minor,
        ).first()

    def release(self, which: int, kind: str, part: int) -> None:
        """Two people let suspense go for good, or a part of it."""
        item = (
            SuspenseItem.objects.filter(amount_minor__gt=0)
            .order_by("-pk")[which : which + 1]
            .first()
        )
        if item is None:
            return
        stands_minor = posting.stands_in_suspense(item.movement_id)
        if stands_minor == 0:
            return
        # Nobody claims it for years, which no storm waits for.
        is_unclaimed = kind == ReleaseKind.UNCLAIMED
        with transaction.atomic():
            allow_write_offs(currency=item.currency)
            asked = Release.objects.create(
                movement=item.movement,
                kind=kind,
                currency=item.currency,
                amount_minor=max(1, stands_minor * part // 4),
                reason="storm",
                law="Law 1/2020" if is_unclaimed else "",
                term_days=TERM.days if is_unclaimed else None,
                maker_id=self.maker,
                asked_at=self.now + TERM if is_unclaimed else self.now,
            )
            Release.objects.filter(pk=asked.pk).update(
                approved=True, checker_id=self.checker, decided_at=self.now
            )
            posting.release(asked.pk, at=self.now)

    def sweep(self, amount_minor: int) -> None:
        """Money leaves MTN for our account at the bank, and MTN's advice says so."""
        gone = Debit(
            leg=Leg.SWEEP,
            external_id=self.truth.new_id("S"),
            amount_minor=amount_minor,
            currency="RWF",
            occurred_at=self.now,
        )
        self.truth.book(MTN, gone)
        self.import_file(MTN, [gone], is_whole=False)

    def arrive(self, which: int) -> None:
        """A sweep that we know of arrives at the bank, whose advice names it."""
        swept = Movement.objects.filter(
            leg=Leg.SWEEP, rail__code=MTN, occurred_at__gt=self.now - ARRIVES_WITHIN
        )
        under_way = [
            one for one in swept.order_by("-pk") if (BANK, one.external_id) not in self.truth.money
        ]
        if not under_way:
            return
        one = under_way[which % len(under_way)]
        told = self.truth.money[MTN, one.external_id]
        arrived = replace(
            told, leg=Leg.TRANSFER, amount_minor=one.amount_minor, occurred_at=self.now
        )
        self.truth.book(BANK, arrived)
        self.import_file(BANK, [arrived], is_whole=False)

    def fill_float(self, amount_minor: int) -> None:
        with suppress(floating.AskedAlready):
            self._fill_float(amount_minor)

    def _fill_float(self, amount_minor: int) -> None:
        filled = floating.ask(
            rail_code=MTN,
            amount_minor=amount_minor,
            reason="storm",
            by_id=self.maker,
            at=self.now,
        )
        floating.confirm(top_up_id=filled, by_id=self.checker, at=self.now)
