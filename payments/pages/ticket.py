"""What the pay page shows of a bill: in the reader's language, and no name of any person."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers
from django.db.models import Exists
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kernel import references
from kernel.country import country
from payments import gateways, queries
from payments.gateways.prompt import Failure
from payments.models import Bill, BillLine, PaymentAttempt, Rail
from payments.operations import health, prompting
from payments.operations.asking_after import SUCCESS_UNREADABLE
from payments.pages.words import Words, readable, words
from payments.queries import ReceiptView
from payments.states import TAKING, UNDECIDED, AttemptState, BillState

# What the payer can do about it, in her words and never in the network's.
FAILURE_WORDS: Mapping[str, Promise] = {
    Failure.NOT_ENOUGH_MONEY: gettext_lazy("There is not enough money on that account."),
    Failure.DECLINED: gettext_lazy("The payment was declined on the phone."),
    Failure.NOT_ANSWERED: gettext_lazy("The phone did not answer in time."),
    Failure.LIMIT_REACHED: gettext_lazy("That account has reached its limit for now."),
    Failure.NOT_A_CUSTOMER: gettext_lazy("That number has no mobile money account."),
    Failure.NOT_COMPLETED: gettext_lazy(
        "The network could not complete it. Often there is not enough money on the account."
    ),
    Failure.NETWORK_TROUBLE: gettext_lazy("The network could not do it. This is not your fault."),
    Failure.NOT_ARRIVED: gettext_lazy("The question never reached the network."),
    Failure.NOT_REACHED: gettext_lazy("The network could not be reached."),
    Failure.OVERTAKEN: gettext_lazy("What is due changed before the phone was asked."),
}


@dataclass(frozen=True, slots=True)
class Line:
    name: Words
    amount_minor: int
    beneficiary: Words
    legal_source: str
    legal_checked: bool
    returnable: Mapping[str, object]
    waived_minor: int
    waived_by: str


@dataclass(frozen=True, slots=True)
class Way:
    """A rail that pays this bill."""

    code: str
    name: Words
    prompts: bool
    prefixes: tuple[str, ...]
    steps: tuple[str, ...]
    steps_language: str
    by_contract: bool
    trouble: str = ""  # Of `health`: what was paid here may not have been told.
    late_minutes: int | None = None

    @property
    def late_hours(self) -> int | None:
        """Whole hours, once minutes are no longer how people say it."""
        minutes = self.late_minutes
        return minutes // 60 if minutes is not None and minutes >= 2 * 60 else None


@dataclass(frozen=True, slots=True)
class LatestPrompt:
    state: str
    undecided: bool
    booking: bool  # The payer said yes, and the money is not on the bill yet.
    unclear: bool  # Nobody knows whether the phone was asked.
    rail: Words
    phone: str  # Masked.
    asked_at: datetime
    failure: Promise | str
    checking: bool  # The network says paid, in words that we cannot read.


@dataclass(frozen=True, slots=True)
class Ticket:
    bill_id: int
    key: UUID
    reference: str
    bank_reference: str
    description: Words
    currency: str
    total_minor: int
    paid_minor: int
    due_minor: int
    state: str  # Of the bill, but EXPIRED as soon as its time has passed.
    payable: bool
    expires_at: datetime
    paid_at: datetime | None
    successor_key: UUID | None
    lines: tuple[Line, ...]
    ways: tuple[Way, ...]
    prompt: LatestPrompt | None
    receipts: tuple[ReceiptView, ...] = ()

    @property
    def can_ask(self) -> bool:
        """Whether a phone may be asked now: an undecided prompt must not be doubled."""
        prompt = self.prompt
        return self.payable and not (prompt and (prompt.undecided or prompt.booking))

    @property
    def one_promise(self) -> bool:
        """Whether all its fees go back, or not, in the same cases: said once then."""
        return all(line.returnable == self.lines[0].returnable for line in self.lines)

    @property
    def slow(self) -> tuple[Way, ...]:
        """The ways whose confirmations may be late: who has paid there must not pay again."""
        return tuple(way for way in self.ways if way.trouble)

    @property
    def swift(self) -> tuple[Way, ...]:
        return tuple(way for way in self.ways if not way.trouble)

    @property
    def live(self) -> bool:
        """Whether news may still come that the reader is waiting for."""
        return self.payable or bool(self.prompt and self.prompt.undecided)

    @property
    def face(self) -> str:
        """Changes whenever the ticket itself would look otherwise."""
        return f"{self.state}-{self.paid_minor}-{len(self.receipts)}"

    @property
    def version(self) -> str:
        """Changes whenever the reader would see something else; tells nothing by itself."""
        prompt = self.prompt
        slow = tuple((way.code, way.trouble, way.late_minutes) for way in self.slow)
        parts = (self.face, prompt and (prompt.state, prompt.booking, prompt.asked_at), slow)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def find(*, key: UUID, now: datetime) -> Ticket | None:
    """Return the ticket of a bill by its unguessable key, with five queries, or None."""
    bill = Bill.objects.select_related("successor").filter(key=key).first()
    if bill is None:
        return None
    late = bill.state in {BillState.OPEN, BillState.PART_PAID} and bill.expires_at <= now
    state = BillState.EXPIRED if late else BillState(bill.state)
    payable = state in TAKING
    lines = BillLine.objects.filter(bill=bill).select_related("beneficiary").order_by("line_no")
    rails = Rail.objects.filter(active=True, currency=bill.currency).select_related("health")
    prompts = PaymentAttempt.objects.filter(bill=bill).select_related("rail")
    latest = prompts.annotate(is_booked=Exists(prompting.booked())).order_by("-pk").first()
    return Ticket(
        bill_id=bill.pk,
        key=bill.key,
        reference=bill.reference,
        bank_reference=references.spaced(references.rf(bill.reference)),
        description=words(bill.description),
        currency=bill.currency,
        total_minor=bill.total_minor,
        paid_minor=bill.paid_minor,
        due_minor=bill.total_minor - bill.paid_minor,
        state=state,
        payable=payable,
        expires_at=bill.expires_at,
        paid_at=bill.paid_at,
        successor_key=bill.successor.key if bill.successor else None,
        lines=tuple(_line(line) for line in lines),
        ways=tuple(
            _way(rail, bill, now) for rail in rails.order_by("position", "code") if _is_open(rail)
        ),
        prompt=_prompt(latest, is_booked=latest.is_booked) if latest else None,
        receipts=tuple(queries.receipts(bill.pk)),
    )


def masked(phone: str) -> str:
    """Return "078 ••• ••12" for +250788123412: enough to know one's own, too little to call."""
    number = phonenumbers.parse(phone, country().phone_region)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    digits = "".join(mark for mark in written if mark.isdigit())
    hidden = digits[:3] + "•" * (len(digits) - 5) + digits[-2:]
    return f"{hidden[:3]} {hidden[3:6]} {hidden[6:]}"


def _line(line: BillLine) -> Line:
    return Line(
        name=words(line.names),
        amount_minor=line.amount_minor,
        beneficiary=words(line.beneficiary.names),
        legal_source=line.legal_source,
        legal_checked=line.legal_checked,
        returnable=line.returnable,
        waived_minor=line.waived_minor,
        waived_by=line.waived_by,
    )


def _is_open(rail: Rail) -> bool:
    # A rail is no way to pay while we hold no contract for it.
    return gateways.contract(rail.code) is not None


def _way(rail: Rail, bill: Bill, now: datetime) -> Way:
    language, steps = readable(rail.steps)
    trouble = health.trouble(getattr(rail, "health", None), now)
    return Way(
        code=rail.code,
        name=words(rail.names),
        prompts=gateways.can_prompt(kind=rail.kind, rail_code=rail.code),
        prefixes=tuple(rail.prefixes),
        steps=tuple(
            step.replace("{reference}", references.spaced(bill.reference).replace(" ", "\xa0"))
            for step in steps or ()
        ),
        steps_language=language,
        by_contract=rail.by_contract,
        trouble=trouble.kind if trouble else "",
        late_minutes=_rounded(trouble.late_by) if trouble and trouble.late_by else None,
    )


def _rounded(delay: timedelta) -> int:
    """Return minutes as people say them: a page must not change its words every minute."""
    return max(5, int(delay.total_seconds()) // 300 * 5)


def _prompt(attempt: PaymentAttempt, *, is_booked: bool) -> LatestPrompt:
    return LatestPrompt(
        state=attempt.state,
        undecided=attempt.state in UNDECIDED,
        booking=attempt.state == AttemptState.SUCCEEDED and not is_booked,
        unclear=attempt.state == AttemptState.UNKNOWN,
        rail=words(attempt.rail.names),
        phone=masked(attempt.phone),
        asked_at=attempt.created_at,
        failure=FAILURE_WORDS.get(attempt.failure_reason, ""),
        checking=attempt.failure_reason == SUCCESS_UNREADABLE,
    )
