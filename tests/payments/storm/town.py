"""The acts of a storm: what payers, officers, providers and our own processes do, one at a time."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from payments import callbacks, gateways, posting
from payments.gateways import bycontract
from payments.gateways.base import Collection, Debit, Heard, Told
from payments.models import Bill, LedgerDay, Movement, PaymentAttempt, Rail
from payments.operations import (
    asking_after,
    billing,
    health,
    importing,
    inquiring,
    prompting,
    refunding,
)
from payments.states import Leg
from tests.accounts.people import officer
from tests.payments import mpesa_words
from tests.payments.closing import days
from tests.payments.storm.deciding import Deciding
from tests.payments.storm.killing import Killer
from tests.payments.storm.paper import FILES, Paper
from tests.payments.storm.paying_back import UNWILLING, Refunding
from tests.payments.storm.providers import Mpesa, Mtn, Provider, Truth
from tests.payments.world import fee, issue, make_world
from tests.world import NOON
from workers import relay
from workers.routes import ROUTES

MTN, BANK, MPESA = "mtn-rw", "bank-rw", "mpesa-ke"
LEASE = timedelta(seconds=8)


class Town(Paper, Refunding, Deciding):
    """One small country; every act may be the last of the process that does it."""

    def __init__(self, killer: Killer, *, by_float: bool) -> None:
        """:param by_float: MTN pays refunds out of a float, which is empty: they wait for funds"""
        self.now: datetime = NOON
        self.truth = Truth()
        make_world()
        Rail.objects.create(
            code=MPESA, kind="mpesa", provider="Safaricom", names={"en": "M-Pesa"}, currency="KES",
            prefixes=["+2547"], steps={}, by_contract=False, active=True, position=2,
            accounts=["MPESA-KE-001"],
        )  # fmt: skip
        self.rails = {rail.code: rail for rail in Rail.objects.filter(code__in=(MTN, BANK, MPESA))}
        Rail.objects.filter(code=MTN).update(prefixes=["+25078"])
        self.mtn = Mtn(MTN, self.truth, killer.tick)
        self.mpesa = Mpesa(MPESA, self.truth, killer.tick)
        self.bank = Provider(BANK, self.truth, killer.tick)
        self.providers: dict[str, Provider] = {
            MTN: self.mtn, MPESA: self.mpesa, BANK: self.bank,
        }  # fmt: skip
        self.maker, self.checker = officer("refund.ask"), officer("refund.decide")
        self.by_float = by_float
        self.files = 0

    def clock(self) -> datetime:
        return self.now

    # --- bills --------------------------------------------------------------------------------

    def bill(self, back: int, *, currency: str = "") -> Bill | None:
        """Return a bill, of this currency, by how many are younger; None beyond the oldest."""
        bills = Bill.objects.filter(currency=currency) if currency else Bill.objects.all()
        return bills.order_by("-pk")[back : back + 1].first()

    def issue(self, amounts: list[int], currency: str) -> None:
        issue(*amounts, currency=currency, at=self.now)

    def change(self, what: str, back: int, amount_minor: int) -> None:
        bill = self.bill(back)
        if bill is None:
            return
        with suppress(*UNWILLING):
            match what:
                case "replace":
                    billing.replace_bill(bill_id=bill.pk, lines=[fee(amount_minor)], at=self.now)
                case "cancel":
                    billing.cancel_bill(bill_id=bill.pk, at=self.now)
                case "prolong":
                    until = self.now + timedelta(days=3)
                    billing.prolong(bill_id=bill.pk, until=until, at=self.now)
                case "owe" if bill.state in {"OPEN", "PART_PAID", "EXPIRED"} and self.reopened(
                    bill
                ):
                    billing.keep_as_debt(bill_id=bill.pk, at=self.now)
                case "reissue":
                    self._reissue(bill)

    def reopened(self, bill: Bill) -> bool:
        return Movement.objects.filter(original__allocations__line__bill=bill).exists()

    def _reissue(self, bill: Bill) -> None:
        """Bill the same charges once more, as after an expiry."""
        billing.issue_bill(
            lines=[fee(one.amount_minor, charge_key=one.charge_key) for one in bill.lines.all()],
            currency=bill.currency,
            description={},
            payer_contact_id=None,
            at=self.now,
            expires_at=self.now + timedelta(days=7),
        )

    def pass_time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        for provider in self.providers.values():
            provider.now = self.now
        billing.expire_due(now=self.now, limit=100)
        refunding.release_funded(limit=10, now=self.now)

    # --- prompts ------------------------------------------------------------------------------

    def ask_phone(self, back: int) -> None:
        if bill := self.bill(back, currency="RWF"):
            with suppress(*UNWILLING):
                prompting.ask(bill_id=bill.pk, rail_code=MTN, phone="0788000101", at=self.now)

    def send_prompts(self, takes: str) -> None:
        self.mtn.takes = takes
        for attempt_id in prompting.claim_prompts(limit=2, now=self.now, until=self.now + LEASE):
            prompting.send_prompt(attempt_id=attempt_id, clock=self.clock)

    def press(self, which: int, *, is_yes: bool) -> None:
        if keys := list(self.mtn.prompts):
            self.mtn.press(keys[-1 - which % len(keys)], is_yes=is_yes)

    def hint(self, which: int) -> None:
        """An unsigned callback, which says what it likes."""
        if keys := list(PaymentAttempt.objects.order_by("-pk").values_list("key", flat=True)[:4]):
            body = b'{"status": "SUCCESSFUL", "amount": "7", "currency": "RWF"}'
            self._call(MTN, ("requesttopay", str(keys[which % len(keys)])), body, method="PUT")

    def ask_after(self) -> None:
        for attempt_id in asking_after.claim_queries(limit=4, now=self.now, until=self.now + LEASE):
            asking_after.ask_status(attempt_id=attempt_id, clock=self.clock)

    # --- by reference -------------------------------------------------------------------------

    def pay(self, rail: str, back: int, amount_minor: int, currency: str) -> Collection:
        """Money arrives at a provider; nobody has told us yet."""
        bill = self.bill(back, currency=self.rails[rail].currency)
        return self.truth.book(
            rail,
            Collection(
                external_id=self.truth.new_id("P"),
                reference=bill.reference if bill else "nobody's",
                amount_minor=amount_minor,
                currency=currency,
                occurred_at=self.now,
            ),
        )  # type: ignore[return-value]

    def take_back(
        self, rail: str, which: int, amount_minor: int | None, leg: Leg, *, is_known: bool
    ) -> None:
        """Money leaves: a collection is reversed, charged for, or something nobody ordered."""
        came = self.truth.of(rail, Collection)
        one = came[-1 - which % len(came)] if came else None
        is_about_it = leg in {Leg.REVERSAL, Leg.CHARGE}
        currency = one.currency if one and is_about_it else self.rails[rail].currency
        self.truth.book(
            rail,
            Debit(
                leg=leg,
                external_id=self.truth.new_id("D"),
                amount_minor=amount_minor or (one.amount_minor if one else 500),
                currency=currency,
                occurred_at=self.now,
                original_id=one.external_id if one and is_known else "NEVERSEEN",
            ),
        )

    def tell(self, rail: str, which: int, times: int, lie_minor: int) -> None:
        """The provider tells of something that it booked, once or again, truly or not."""
        booked = [one for (at, _), one in self.truth.money.items() if at == rail]
        if not booked:
            return
        one = booked[-1 - which % len(booked)]
        for _ in range(times):
            if rail == MPESA:
                self._confirm(one)
            elif rail == BANK and isinstance(one, Collection | Debit):
                self.notify(replace(one, amount_minor=one.amount_minor + lie_minor))

    def _confirm(self, one: Told) -> None:
        reference = one.reference if isinstance(one, Collection) else ""
        body = mpesa_words.payment(
            TransID=one.external_id, TransAmount="9.00", BillRefNumber=reference
        )
        self._call(MPESA, (mpesa_words.SECRET, "confirmation"), body)

    def notify(self, one: Told) -> None:
        told = {
            "id": one.external_id,
            "amount": str(one.amount_minor),
            "currency": one.currency,
            "paid_at": one.occurred_at.isoformat(),
        }
        if one.currency not in {"RWF"}:
            told["amount"] = f"{one.amount_minor / 100:.2f}"
        if isinstance(one, Collection):
            told["reference"] = one.reference
        elif one.leg in {Leg.REVERSAL, Leg.CHARGE}:
            told |= {"type": one.leg.value, "original_id": one.original_id}
        elif one.leg is Leg.TRANSFER and self.has_arrived(one):
            told["reference"] = ""  # A bank notifies of every credit.
        else:
            return  # The statement alone tells of it.
        body, at = json.dumps(told).encode(), int(self.now.timestamp())
        secret = settings.GATEWAYS["rails"][BANK]["secret"][0]
        signature = bycontract.sign(secret=secret, timestamp=at, body=body)
        self.truth.said(BANK, one)
        headers = {"x-timestamp": str(at), "x-signature": signature}
        self._call(BANK, ("notification",), body, headers=headers)

    def has_arrived(self, one: Debit) -> bool:
        """Whether it is told here as it is: before, and in another amount, nobody could know it."""
        name = {"external_id": one.external_id, "amount_minor": one.amount_minor}
        return Movement.objects.filter(rail__code=BANK, leg=Leg.TRANSFER, **name).exists()

    def _call(
        self, rail: str, path: tuple[str, ...], body: bytes, *, method: str = "POST", headers=None
    ) -> None:
        heard = Heard(method=method, path=path, headers=headers or {}, body=body, at=self.now)
        assert callbacks.take(heard, rail_code=rail, remote_ip=None).status == 200

    # --- questions, lists, statements -----------------------------------------------------------

    def inquire(self) -> None:
        for inquiry_id in inquiring.claim_inquiries(limit=4, now=self.now, until=self.now + LEASE):
            inquiring.ask_provider(inquiry_id=inquiry_id, clock=self.clock)

    def answer(self, which: int) -> None:
        """The provider answers a question or an order of ours at our door."""
        keys = list(self.mpesa.questions)
        if keys:
            key = keys[-1 - which % len(keys)]
            body = self.mpesa.answer_to(key)
            self._call(MPESA, (mpesa_words.SECRET, "result", "inquiry", str(key)), body)
        for key in self.mpesa.refunds:
            body = self.mpesa.said_of_refund(key)
            if body:
                self._call(MPESA, (mpesa_words.SECRET, "result", "refund", str(key)), body)

    def pull(self) -> None:
        for rail_id in health.claim_pulls(limit=4, now=self.now, until=self.now + LEASE):
            health.pull(rail_id=rail_id, clock=self.clock)

    # --- our own hands ------------------------------------------------------------------------

    def post(self, batch_max: int) -> None:
        posting.post_inbox(batch_max=batch_max, now=self.now)

    def post_due(self) -> int:
        return posting.post_inbox(now=self.now)

    def spread_news(self) -> None:
        relay.fan_out(routes=ROUTES, now=self.now)
        relay.drain(routes=ROUTES, now=self.now)

    def close_day(self) -> None:
        """The oldest open day before today is closed."""
        day = (
            LedgerDay.objects.filter(closed_at=None, day__lt=self.now.date())
            .order_by("day")
            .first()
        )
        if day is not None:
            days.close_through(day.pk, at=self.now)


def wire(monkeypatch, settings) -> None:
    """Let the product find the stand-ins of the present town in the place of its gateways."""
    rails = {code: dict(rail) for code, rail in settings.GATEWAYS["rails"].items()}
    rails[MPESA] = mpesa_words.contract()
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": rails}
    settings.OUTBOX_WAKE = "tests.payments.storm.town.nobody_hurries"
    monkeypatch.setattr(importing.statements, "read", lambda data, layouts: [FILES[data]])
    vendors = dict(gateways.VENDORS)
    monkeypatch.setattr(gateways, "VENDORS", vendors)

    def found(*, kind: str, rail_code: str) -> Provider:
        if rail_code == BANK:
            raise gateways.NoGateway(rail_code)
        return present.providers[rail_code]

    for name in ("prompts", "refunds", "inquiries", "pulls"):
        monkeypatch.setattr(gateways, name, found)


def found_town(killer: Killer, *, by_float: bool) -> Town:
    global present
    gateways.VENDORS["mtn"] = replace(gateways.VENDORS["mtn"], refunds_from_float=by_float)
    present = Town(killer, by_float=by_float)
    present.pass_time(0)
    return present


def nobody_hurries() -> None:
    """The steps say when news spreads."""


present: Town
