"""
Asking a payer's phone: "approve 500 RWF?".

A prompt is once-only. SENDING is committed before the call; what may have reached the network is
never sent again and only asked after (`asking_after`). Only what certainly did not leave goes back
to CREATED. While a prompt of a bill is undecided no other may be asked for: a person who waits
must not pay twice. Nor does a prompt leave that its bill has overtaken, by money on another road.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import phonenumbers
import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel import outbox
from kernel.country import country
from kernel.crypto import blind_index
from payments import events, gateways
from payments.gateways.prompt import Failure, NotSent, Prompt, PromptGateway, Refused, Unclear
from payments.models import Bill, Movement, PaymentAttempt, Rail
from payments.operations import intake
from payments.states import ATTEMPT_LIFECYCLE, TAKING, UNDECIDED, BillState, Leg
from payments.states import AttemptState as A

log = structlog.get_logger()

Clock = Callable[[], datetime]

# One call with its token, at the worst that is likely; what outlives this is asked after.
CALL_TIME = timedelta(seconds=20)
# The network could not be reached: how soon again, and for how long a payer can be kept waiting.
AGAIN_AFTER = timedelta(seconds=10)
LEAVES_WITHIN = timedelta(minutes=3)
FIRST_QUERY_AFTER = timedelta(seconds=5)
# The address of a pay page may be shown to others: nobody's phone is to be rung all day with it.
PROMPTS_PER_BILL_MAX = 8
PROMPTS_WINDOW = timedelta(days=1)
# All else of an attempt stays as it was asked for.
CHANGING = (
    "state",
    "external_id",
    "handle",
    "failure_reason",
    "sent_at",
    "ended_at",
    "next_query_at",
    "queries",
    "lease_until",
)


class CannotPrompt(Exception):
    """No prompt can be asked for; the subclasses say why."""


class BillNotPayable(CannotPrompt):
    """The bill is paid, expired, cancelled, replaced, or its time has just passed."""


class PromptUndecided(CannotPrompt):
    """An earlier prompt of this bill is open or unclear, or its money is not booked yet."""


class TooManyPrompts(CannotPrompt):
    """The bill has used up its prompts of a day."""


class RailCannotPrompt(CannotPrompt):
    """This rail is not in use, takes another currency, or has no way to a phone."""


class NotAPhone(CannotPrompt):
    """What was typed is no mobile number of this country."""


class OtherNetwork(CannotPrompt):
    """The number belongs to another network than the one that was to ask it."""


def ask(*, bill_id: int, rail_code: str, phone: str, at: datetime) -> int:
    """
    Want a payer to be prompted for what is still due of a bill; return the attempt's id.

    :param phone: as typed
    :raises CannotPrompt: one of its subclasses
    """
    with transaction.atomic():
        bill = Bill.objects.select_for_update(no_key=True, of=("self",)).get(pk=bill_id)
        rail = _rail_that_prompts(rail_code, currency=bill.currency)
        number = payer_phone(phone, prefixes=rail.prefixes)
        if not _is_payable(bill, at):
            raise BillNotPayable
        if money_may_come().filter(bill=bill).exists():
            raise PromptUndecided
        lately = PaymentAttempt.objects.filter(bill=bill, created_at__gt=at - PROMPTS_WINDOW)
        if lately.count() >= PROMPTS_PER_BILL_MAX:
            raise TooManyPrompts
        attempt = PaymentAttempt.objects.create(
            key=uuid4(),
            bill=bill,
            rail=rail,
            phone=number,
            phone_index=blind_index("phone", number),
            currency=bill.currency,
            amount_minor=bill.total_minor - bill.paid_minor,
            created_at=at,
        )
        outbox.publish(events.PromptAsked(subject_id=attempt.pk, occurred_at=at))
        return attempt.pk


def payer_phone(typed: str, *, prefixes: list[str]) -> str:
    """
    Return the number as E.164.

    :param prefixes: what the network's own numbers begin with, "+25078"
    :raises NotAPhone: if it is no mobile number that this country could have given out
    :raises OtherNetwork: if another network serves it
    """
    written = e164(typed)
    if not written.startswith(tuple(prefixes)):
        raise OtherNetwork
    return written


def e164(typed: str) -> str:
    """
    Return a number of any network as E.164.

    :raises NotAPhone: if it is no number that this country could have given out
    """
    try:
        number = phonenumbers.parse(typed[:40], country().phone_region)
    except phonenumbers.NumberParseException:
        raise NotAPhone from None
    if not phonenumbers.is_valid_number_for_region(number, country().phone_region):
        raise NotAPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def money_may_come() -> QuerySet[PaymentAttempt]:
    """Return the prompts that may still bring money: undecided, or a yes that waits for booking."""
    return PaymentAttempt.objects.filter(
        Q(state__in=UNDECIDED) | Q(state=A.SUCCEEDED) & ~Exists(booked())
    )


def booked() -> QuerySet[Movement]:
    """Return the movement of an outer query's attempt, by whatever road it was told first."""
    return Movement.objects.filter(
        rail=OuterRef("rail"), external_id=OuterRef("external_id"), leg=Leg.CREDIT
    )


def claim_prompts(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """
    Take prompts that wait to be sent; give up on what has waited too long or was overtaken.

    Each is SENDING, committed, when this returns. It is the caller's until its lease runs out,
    and `send_prompt` asks for it again before it calls.
    """
    with transaction.atomic():
        _let_go(limit=limit, now=now)
        waiting = _due(limit, Q(state=A.CREATED) & _lease_over(now))
        bills = _lock_bills({attempt.bill_id for attempt in waiting})
        claimed: list[int] = []
        for attempt in waiting:
            if not _is_in_force(attempt, bills[attempt.bill_id], now):
                end(attempt, A.EXPIRED, failure=Failure.OVERTAKEN, at=now)
                continue
            # The calls are made one after the other: the last one waits for those before it.
            attempt.lease_until = until + len(claimed) * CALL_TIME
            move(attempt, A.SENDING, at=now)
            claimed.append(attempt.pk)
        return claimed


def send_prompt(attempt_id: int, *, clock: Clock) -> None:
    """
    Put a claimed prompt to the phone and record what came of it.

    Trouble outside or with this one prompt is recorded, never raised. A prompt whose lease has run
    out is left alone: somebody else may already be asking after it.

    :raises django.db.OperationalError: if the database is in trouble
    """
    now = clock()
    ours = PaymentAttempt.objects.filter(pk=attempt_id, state=A.SENDING, lease_until__gt=now)
    if not ours.update(lease_until=now + CALL_TIME):
        log.warning("prompt.lease_lost", attempt_id=attempt_id)
        return
    try:
        call = _call_for(attempt_id, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as trouble:
        # A rail without a contract, say. Its name only: a message could quote a person.
        log.error("prompt.not_sent", attempt_id=attempt_id, trouble=type(trouble).__name__)  # noqa: TRY400
        call = None
    if call is None:
        record_not_sent(attempt_id=attempt_id, at=now)
        return
    _send(attempt_id, *call, clock=clock)


def _call_for(attempt_id: int, now: datetime) -> tuple[PromptGateway, Prompt] | None:
    attempt = PaymentAttempt.objects.select_related("rail", "bill").get(pk=attempt_id)
    if not _is_in_force(attempt, attempt.bill, now):
        return None  # Paid while it waited for the calls before it; the next claim ends it.
    prompt = Prompt(
        key=attempt.key,
        reference=attempt.bill.reference,
        phone=attempt.phone,
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
    )
    return gateways.prompts(kind=attempt.rail.kind, rail_code=attempt.rail.code), prompt


def _send(attempt_id: int, gateway: PromptGateway, prompt: Prompt, *, clock: Clock) -> None:
    try:
        handle = gateway.ask(prompt)
    except Refused as refusal:
        record_failed(attempt_id=attempt_id, failure=refusal.failure, at=clock())
    except NotSent:
        record_not_sent(attempt_id=attempt_id, at=clock())
    except Unclear:
        record_unknown(attempt_id=attempt_id, at=clock())
    except Exception as trouble:
        # Nobody knows how far it came: it may have left.
        log.error("prompt.send_broke", attempt_id=attempt_id, trouble=type(trouble).__name__)  # noqa: TRY400
        record_unknown(attempt_id=attempt_id, at=clock())
    else:
        record_sent(attempt_id=attempt_id, handle=handle, at=clock())


def record_sent(*, attempt_id: int, handle: str = "", at: datetime) -> None:
    """
    The network has taken the prompt; the payer decides.

    :param handle: the network's own name of the question, if it gave one
    """
    with transaction.atomic():
        attempt = lock(attempt_id)
        if handle and not attempt.handle:
            attempt.handle = intake.storable(handle)
            attempt.save(update_fields=["handle"])
        if attempt.state not in {A.SENDING, A.UNKNOWN}:
            return  # The payer was quicker than the answer to our call.
        _start_asking(attempt, at=at)
        move(attempt, A.PENDING, at=at)


def record_unknown(*, attempt_id: int, at: datetime) -> None:
    """The prompt may have reached the network: from here on it is only asked after."""
    with transaction.atomic():
        attempt = lock(attempt_id)
        if attempt.state != A.SENDING:
            return  # The network has been asked in the meantime, and has said more.
        _start_asking(attempt, at=at)
        move(attempt, A.UNKNOWN, at=at)


def record_not_sent(*, attempt_id: int, at: datetime) -> None:
    """The prompt certainly did not leave: it waits a moment and is sent once more."""
    with transaction.atomic():
        attempt = lock(attempt_id)
        if attempt.state != A.SENDING:
            return  # Its lease ran out, and it is asked after.
        attempt.lease_until = at + AGAIN_AFTER
        move(attempt, A.CREATED, at=at)


def record_failed(*, attempt_id: int, failure: Failure, at: datetime) -> None:
    """The network has said no, for good."""
    with transaction.atomic():
        attempt = lock(attempt_id)
        if A.FAILED not in ATTEMPT_LIFECYCLE.targets(A(attempt.state)):
            return  # Ended already; success is absorbing.
        end(attempt, A.FAILED, failure=failure, at=at)


def lock(attempt_id: int) -> PaymentAttempt:
    """Lock an attempt until the transaction ends."""
    rows = PaymentAttempt.objects.select_for_update(no_key=True)
    return rows.defer("phone").get(pk=attempt_id)


def end(attempt: PaymentAttempt, state: A, *, failure: Failure | None, at: datetime) -> None:
    """Bring a locked attempt to an end; nobody asks after it any more unless a hint comes."""
    attempt.failure_reason = failure.value if failure else ""
    attempt.ended_at = at
    attempt.next_query_at = None
    attempt.lease_until = None
    move(attempt, state, at=at)


def move(attempt: PaymentAttempt, target: A, *, at: datetime) -> None:
    """Walk one edge of a locked attempt's life, write what has changed, and tell of it."""
    event = ATTEMPT_LIFECYCLE.event_for(A(attempt.state), target)
    attempt.state = target
    attempt.save(update_fields=CHANGING)
    outbox.publish(event(subject_id=attempt.pk, occurred_at=at))


def _rail_that_prompts(rail_code: str, *, currency: str) -> Rail:
    rail = Rail.objects.filter(code=rail_code, active=True, currency=currency).first()
    if rail is None or not gateways.can_prompt(kind=rail.kind, rail_code=rail.code):
        raise RailCannotPrompt
    return rail


def _lock_bills(bill_ids: set[int]) -> dict[int, Bill]:
    rows = Bill.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=bill_ids)
    return {bill.pk: bill for bill in rows.order_by("pk")}


def _is_payable(bill: Bill, at: datetime) -> bool:
    # What is owed has no term.
    return bill.state in TAKING and (bill.state == BillState.OWED or bill.expires_at > at)


def _is_in_force(attempt: PaymentAttempt, bill: Bill, at: datetime) -> bool:
    """Whether the bill still asks for just what the payer is to be asked for."""
    return _is_payable(bill, at) and bill.total_minor - bill.paid_minor == attempt.amount_minor


def _let_go(*, limit: int, now: datetime) -> None:
    # The worker that had it died, or its call hangs: the prompt may be on the phone.
    for attempt in _due(limit, Q(state=A.SENDING, lease_until__lte=now)):
        _start_asking(attempt, at=now)
        move(attempt, A.UNKNOWN, at=now)
    for attempt in _due(limit, Q(state=A.CREATED, created_at__lte=now - LEAVES_WITHIN)):
        end(attempt, A.EXPIRED, failure=Failure.NOT_REACHED, at=now)


def _lease_over(now: datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lte=now)


def _due(limit: int, which: Q) -> list[PaymentAttempt]:
    rows = PaymentAttempt.objects.select_for_update(skip_locked=True, no_key=True)
    return list(rows.filter(which).defer("phone").order_by("pk")[:limit])


def _start_asking(attempt: PaymentAttempt, *, at: datetime) -> None:
    attempt.sent_at = at
    # A callback may have made the question due already.
    first = at + FIRST_QUERY_AFTER
    attempt.next_query_at = min(attempt.next_query_at or first, first)
    attempt.lease_until = None
