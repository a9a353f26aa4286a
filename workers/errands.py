"""
Work that goes outside the house: claim in one transaction, call in none, record in another.

A row that waits for the world is its own queue, so nothing is lost when a worker dies. Errands
are of two kinds. *Repeatable* (draw, sign, ask): claimed a few at a time under a lease; a worker
that dies lets the lease run out and another goes on. *Once-only* (a payment prompt, a refund, an
SMS): "sending" is committed before the call, and what outlives its time is only asked after.

Every errand takes the clock, because a call takes time, and returns how many rows it claimed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from accounts import operations as accounts
from applications import operations as applications
from documents import operations as documents
from notifications import gateways as notification_gateways
from notifications import operations as notifications
from payments import operations as payments
from reports import operations as reports

log = structlog.get_logger()

Clock = Callable[[], datetime]
Errand = Callable[[Clock], int]


class Claim(Protocol):
    """Takes rows until a time and returns their ids."""

    def __call__(self, *, limit: int, now: datetime, until: datetime) -> list[int]: ...


class CarryOut(Protocol):
    """Does what one claimed row waits for; never raises for trouble outside."""

    def __call__(self, row_id: int, /, *, clock: Clock) -> None: ...


LEASE = timedelta(seconds=8)
LIST_LEASE = timedelta(minutes=2)
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
    return _each(payments.claim_prompts, payments.send_prompt, clock, at_once=ONCE_MAX)


def ask_after_payments(clock: Clock) -> int:
    return _each(payments.claim_queries, payments.ask_status, clock)


def ask_about_movements(clock: Clock) -> int:
    return _each(payments.claim_inquiries, payments.ask_provider, clock)


def read_lists(clock: Clock) -> int:
    # A list may have many pages, and one rail's must not be read twice at once.
    return _each(payments.claim_pulls, payments.pull, clock, at_once=1, lease=LIST_LEASE)


def send_refunds(clock: Clock) -> int:
    return _each(payments.claim_refunds, payments.send_refund, clock, at_once=ONCE_MAX)


def ask_after_refunds(clock: Clock) -> int:
    return _each(payments.claim_refund_queries, payments.ask_after_refund, clock)


def _each(
    claim: Claim,
    carry_out: CarryOut,
    clock: Clock,
    *,
    at_once: int = CLAIM_MAX,
    lease: timedelta = LEASE,
) -> int:
    now = clock()
    claimed = claim(limit=at_once, now=now, until=now + lease)
    for row_id in claimed:
        carry_out(row_id, clock=clock)
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
    "ask_about_movements": (OUTSIDE, ask_about_movements),
    "read_lists": (OUTSIDE, read_lists),
    "send_refunds": (OUTSIDE, send_refunds),
    "ask_after_refunds": (OUTSIDE, ask_after_refunds),
}
"""Each errand with the Celery queue that runs it: a slow network must not keep a paper waiting."""


def look_after_money(*, now: datetime) -> None:
    """What must hold of money is checked, and what needs a person rings; balances are asked for."""
    _alone(
        {
            "want_balances": lambda: payments.want_balances(now),
            "check": lambda: payments.check(now=now),
            "watch": lambda: payments.watch(now=now),
            "settle_differences": lambda: payments.settle_differences(now),
            "propose_unclaimed": lambda: payments.propose_unclaimed(now),
        }
    )


def work_slowly(clock: Clock, *, statements: Path) -> int:
    """
    What takes minutes, one of each: statements put into the watched folder, imports, reports.

    Return how many there were.
    """
    return _alone(
        {
            "take_in_statements": lambda: payments.take_in_statements(clock(), statements),
            "work_off_imports": lambda: payments.work_off_imports(clock),
            "make_reports": lambda: reports.work(clock()),
        }
    )


def roll_up(*, now: datetime) -> None:
    payments.roll_up(now)


def let_time_pass(*, now: datetime) -> None:
    """What has expired lapses, what need not be kept is forgotten; events tell the rest."""
    _alone(
        {
            "look_at_channels": lambda: payments.look_at_channels(now),
            "expire_due": lambda: payments.expire_due(now=now, limit=500),
            "forget_refused": lambda: payments.forget_refused(now=now),
            "release_funded": lambda: payments.release_funded(limit=100, now=now),
            "post_waiting": lambda: payments.post_waiting(now=now),
            "forget_old": lambda: accounts.forget_old(now=now, limit=500),
            "release_holds": lambda: applications.release_holds(now=now),
            "forget_reports": lambda: reports.forget(now),
        }
    )


def _alone(steps: Mapping[str, Callable[[], object]]) -> int:
    """
    Take each step, whatever becomes of the others; return the sum of the counts that they answer.

    One that breaks is logged by its name, without the error's text, which may speak of a person.
    """
    done = 0
    for name, step in steps.items():
        try:
            count = step()
        except Exception as trouble:
            log.error("step.broke", step=name, trouble=type(trouble).__name__)  # noqa: TRY400
        else:
            done += count if isinstance(count, int) else 0
    return done
