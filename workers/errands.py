"""
Work that goes outside the house: claim in one transaction, call in none, record in another.

A row that waits for the world is its own queue, so nothing is lost when a worker dies. Errands
are of two kinds. *Repeatable* (draw, sign, ask): claimed a few at a time under a lease; a worker
that dies lets the lease run out and another goes on. *Once-only* (a payment prompt, an SMS):
"sending" is committed before the call, and what outlives its time is only asked after.

Every errand takes the clock, because a call takes time, and returns how many rows it claimed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from accounts import operations as accounts
from applications import operations as applications
from documents import operations as documents
from notifications import gateways as notification_gateways
from notifications import operations as notifications
from payments import operations as payments

log = structlog.get_logger()

Clock = Callable[[], datetime]
Errand = Callable[[Clock], int]

LEASE = timedelta(seconds=8)
CLAIM_MAX = 4
# One at a time: what waited behind a slow call could outlive the lease and become "unknown".
ONCE_MAX = 1


def draw_papers(clock: Clock) -> int:
    now = clock()
    claimed = documents.claim_for_rendering(limit=CLAIM_MAX, now=now, until=now + LEASE)
    for paper_id in claimed:
        try:
            drawn = documents.render(paper_id)
        except documents.CannotBeDrawn:
            # A glyph that no font has, say: one paper waits for a person, the others go on.
            log.warning("errand.paper_cannot_be_drawn", paper_id=paper_id)
            continue
        documents.record_rendering(paper_id, drawn, at=clock())
    return len(claimed)


def sign_papers(clock: Clock) -> int:
    now = clock()
    claimed = documents.claim_for_signing(limit=CLAIM_MAX, now=now, until=now + LEASE)
    for paper_id in claimed:
        try:
            documents.sign_through(paper_id, at=clock())
        except documents.SignerUnavailable:
            # The case waits, approved; the lease runs out and the sweep comes back.
            log.warning("errand.signer_unavailable", paper_id=paper_id)
        except documents.NoMandate:
            log.warning("errand.no_mandate", paper_id=paper_id)
    return len(claimed)


def send_messages(clock: Clock) -> int:
    gateway = notification_gateways.sms()
    now = clock()
    claimed = notifications.claim_messages(limit=ONCE_MAX, now=now, until=now + LEASE)
    for message in claimed:
        message_id = message.message_id
        try:
            provider_id = gateway.send(key=message.key, to=message.to, text=message.text)
        except notification_gateways.NotSent as error:
            notifications.record_not_sent(message_id=message_id, reason=error.reason, at=clock())
        except notification_gateways.Refused as error:
            notifications.record_failed(message_id=message_id, reason=error.reason, at=clock())
        except notification_gateways.MaybeSent:
            notifications.record_unknown(message_id=message_id, at=clock())
        else:
            notifications.record_sent(message_id=message_id, provider_id=provider_id, at=clock())
    return len(claimed)


def ask_after_messages(clock: Clock) -> int:
    gateway = notification_gateways.sms()
    now = clock()
    claimed = notifications.claim_inquiries(limit=CLAIM_MAX, now=now, until=now + LEASE)
    for inquiry in claimed:
        try:
            status = gateway.ask(key=inquiry.key)
        except notification_gateways.GatewayUnavailable:
            return 0  # Asked again when the lease has run out.
        if status is None:
            notifications.record_unheard(message_id=inquiry.message_id, at=clock())
        else:
            notifications.record_receipt(key=inquiry.key, status=status, at=clock())
    return len(claimed)


def prompt_payers(clock: Clock) -> int:
    now = clock()
    claimed = payments.claim_prompts(limit=ONCE_MAX, now=now, until=now + LEASE)
    for attempt_id in claimed:
        payments.send_prompt(attempt_id=attempt_id, clock=clock)
    return len(claimed)


def ask_after_payments(clock: Clock) -> int:
    now = clock()
    claimed = payments.claim_queries(limit=CLAIM_MAX, now=now, until=now + LEASE)
    for attempt_id in claimed:
        payments.ask_status(attempt_id=attempt_id, clock=clock)
    return len(claimed)


PAPER = "paper"
OUTSIDE = "outside"

ERRANDS: Mapping[str, tuple[str, Errand]] = {
    "draw_papers": (PAPER, draw_papers),
    "sign_papers": (PAPER, sign_papers),
    "send_messages": (OUTSIDE, send_messages),
    "ask_after_messages": (OUTSIDE, ask_after_messages),
    "prompt_payers": (OUTSIDE, prompt_payers),
    "ask_after_payments": (OUTSIDE, ask_after_payments),
}
"""Each errand with the Celery queue that runs it: a slow network must not keep a paper waiting."""


def let_time_pass(*, now: datetime) -> None:
    """What has expired lapses, what need not be kept is forgotten; events tell the rest."""
    payments.expire_due(now=now, limit=500)
    payments.forget_refused(now=now)
    accounts.forget_old(now=now, limit=500)
    applications.release_holds(now=now)
