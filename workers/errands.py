"""
Work that goes outside the house: claim in one transaction, call in none, record in another.

A row that waits for the world is its own queue, so nothing is lost when a worker dies. Errands
are of two kinds. *Repeatable* (draw, sign, ask): claimed a few at a time under a lease; a worker
that dies lets the lease run out and another goes on. *Once-only* (a payment prompt, a refund, an
SMS): "sending" is committed before the call, and what outlives its time is only asked after.

Every errand takes the clock, because a call takes time, and returns how many rows it claimed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from accounts import operations as accounts
from applications import operations as applications
from documents import operations as documents
from documents.operations import credentials
from kernel.files import FileChanged, FileMissing, StorageUnavailable
from notifications import gateways as notification_gateways
from notifications import operations as notifications
from payments import operations as payments
from registers import gateways as register_gateways
from registers import operations as registers
from reports import operations as reports
from workers import messages

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
# A signing service may take two calls of 5 s; who revokes a paper waits for its list.
SIGNED_LIST_LEASE = timedelta(seconds=20)
# A module may take a minute to make an RSA key.
KEY_LEASE = timedelta(minutes=2)
CLAIM_MAX = 4
# Papers are drawn and recorded together: what surrounds them costs the same for one and for all.
PAPERS_MAX = 8
# Of papers to be drawn: one whose worker is killed waits for so long, and for the sweep. Long for a
# round; where a store is slower still, two draw the same bytes.
PAPER_LEASE = timedelta(seconds=4)
# One at a time: what waited behind a slow call could outlive the lease and become "unknown".
ONCE_MAX = 1


def draw_papers(clock: Clock) -> int:
    now = clock()
    claimed = documents.claim_for_rendering(limit=PAPERS_MAX, now=now, until=now + PAPER_LEASE)
    if not claimed:
        return 0
    try:
        some_wait = _made(claimed, clock)
    except documents.SignerUnavailable:
        # Their codes cannot be signed now; the leases run out and the sweep comes back.
        log.warning("errand.signer_unavailable", papers=claimed)
    except StorageUnavailable as trouble:
        return _without_store(trouble)
    else:
        if some_wait:
            sign_papers(clock)
    return len(claimed)


def _made(paper_ids: Sequence[int], clock: Clock) -> bool:
    """Make the papers together, or one by one where one of them would take the others along."""
    try:
        return documents.make(paper_ids, clock=clock)
    except (documents.SignerUnavailable, StorageUnavailable):
        raise
    except Exception as trouble:
        if len(paper_ids) == 1:
            _broke(paper_ids[0], trouble)
            return False
    return sum(_made([paper_id], clock) for paper_id in paper_ids) > 0


def sign_papers(clock: Clock) -> int:
    now = clock()
    until = now + LEASE
    claimed = documents.claim_for_signing(limit=PAPERS_MAX, now=now, until=until)
    if not claimed:
        return 0
    try:
        left = _completed(claimed, clock)
    except StorageUnavailable as trouble:
        return _without_store(trouble)
    for paper_id in left:
        # Keys and time stamps take their time: the lease counts from when a paper's turn comes.
        if not documents.keep_claim(paper_id, until=until, anew=clock() + LEASE):
            continue
        try:
            documents.sign_through(paper_id, at=clock())
        except documents.SignerUnavailable:
            # The case waits, approved; the lease runs out and the sweep comes back.
            log.warning("errand.signer_unavailable", paper_id=paper_id)
        except documents.NoMandate:
            log.warning("errand.no_mandate", paper_id=paper_id)
        except StorageUnavailable as trouble:
            return _without_store(trouble)
        except (FileMissing, FileChanged) as trouble:
            _file_is_lost(paper_id, trouble)
        except Exception as trouble:
            _broke(paper_id, trouble)
    return len(claimed)


def _completed(paper_ids: Sequence[int], clock: Clock) -> Sequence[int]:
    """Sign the papers together; return those that are left to be signed one by one."""
    try:
        return documents.complete(paper_ids, clock=clock)
    except StorageUnavailable:
        raise
    except Exception as trouble:
        # One of them would take the others along: each goes alone, and says what is wrong with it.
        log.warning("errand.round_broke", trouble=type(trouble).__name__)
        return paper_ids


def augment_papers(clock: Clock) -> int:
    now = clock()
    until = now + LEASE
    claimed = documents.claim_for_augmenting(limit=CLAIM_MAX, now=now, until=until)
    for paper_id in claimed:
        if not documents.keep_proving(paper_id, until=until, anew=clock() + LEASE):
            continue
        try:
            documents.augment_through(paper_id, clock=clock)
        except StorageUnavailable as trouble:
            return _without_store(trouble)
        except (FileMissing, FileChanged) as trouble:
            _file_is_lost(paper_id, trouble)
        except Exception as trouble:
            _broke(paper_id, trouble)
    return len(claimed)


def _without_store(trouble: StorageUnavailable) -> int:
    """End the round: the store would fail the others too. It is asked again once leases run out."""
    log.warning("errand.store_unavailable", trouble=str(trouble))
    return 0


def _broke(paper_id: int, trouble: Exception) -> None:
    """
    One paper meets what nobody has foreseen: it is tried again later, and the others go on.

    Told by its class alone: an error's text may speak of a person.
    """
    log.error("errand.paper_broke", paper_id=paper_id, trouble=type(trouble).__name__)


def _file_is_lost(paper_id: int, trouble: Exception) -> None:
    """One paper waits for a person (`manage.py check_files`), the others go on."""
    log.error("errand.file_is_lost", paper_id=paper_id, trouble=type(trouble).__name__)


def sign_lists(clock: Clock) -> int:
    return _each(
        documents.claim_lists, documents.sign_list, clock, at_once=ONCE_MAX, lease=SIGNED_LIST_LEASE
    )


def make_keys(clock: Clock) -> int:
    now = clock()
    claimed = credentials.claim_keys(limit=ONCE_MAX, now=now, until=now + KEY_LEASE)
    for request_id in claimed:
        try:
            credentials.make(request_id, clock=clock)
        except (
            documents.SignerUnavailable, credentials.BadCertificate, credentials.NotAwaited
        ) as trouble:  # fmt: skip
            # The request waits, approved; the lease runs out and the sweep comes back.
            log.warning(
                "errand.key_not_made", request_id=request_id, trouble=type(trouble).__name__
            )
    return len(claimed)


def publish_revocation_lists(clock: Clock) -> int:
    """Development's own. Two at once do no harm: whichever list is younger is looked at again."""
    return credentials.publish_due_lists(at=clock())


def fetch_revocation_lists(clock: Clock) -> int:
    return _each(
        credentials.claim_sources, credentials.fetch, clock, at_once=ONCE_MAX, lease=LIST_LEASE
    )


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


def read_register_events(clock: Clock) -> int:
    now = clock()
    claimed = registers.claim_feeds(now=now, until=now + LEASE)
    for asked in claimed:
        try:
            body = register_gateways.feed(asked.name).events(after=asked.cursor)
        except register_gateways.RegisterUnavailable as trouble:
            registers.record_silence(feed_id=asked.feed_id, trouble=str(trouble), at=clock())
            continue
        page_id = registers.keep_page(asked=asked, body=body, at=clock())
        registers.take_in(page_id=page_id, at=clock())
    return len(claimed)


def ask_registers(clock: Clock) -> int:
    now = clock()
    claimed = applications.claim_questions(limit=CLAIM_MAX, now=now, until=now + LEASE)
    for question_id in claimed:
        try:
            _ask_register(question_id, clock)
        except register_gateways.RegisterUnavailable as trouble:
            # Asked again later; and an officer gets the case where that goes on for too long.
            log.warning("errand.register_silent", question_id=question_id, trouble=str(trouble))
        except Exception as trouble:
            # The same, and the other cases go on; an error's text may speak of a person.
            log.error(  # noqa: TRY400
                "errand.question_broke", question_id=question_id, trouble=type(trouble).__name__
            )
    return len(claimed)


def _ask_register(question_id: int, clock: Clock) -> None:
    asked = applications.question(question_id)
    read_at = clock()
    entries = register_gateways.entries(register=asked.register, national_id=asked.national_id)
    applications.take_answer(question_id=question_id, entries=entries, read_at=read_at, at=clock())


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
SLOW = "slow"

ERRANDS: Mapping[str, tuple[str, Errand]] = {
    "draw_papers": (PAPER, draw_papers),
    "sign_papers": (PAPER, sign_papers),
    "sign_lists": (PAPER, sign_lists),
    # With a new revocation list all papers since the last one are due at once: not before today's.
    "augment_papers": (SLOW, augment_papers),
    "ask_registers": (OUTSIDE, ask_registers),
    "read_register_events": (OUTSIDE, read_register_events),
    "make_keys": (SLOW, make_keys),
    "publish_revocation_lists": (SLOW, publish_revocation_lists),
    "fetch_revocation_lists": (OUTSIDE, fetch_revocation_lists),
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


def look_after_keys(*, now: datetime) -> None:
    """What authorities revoke is asked for and told; what ends is told before it does."""
    _alone(
        {
            "want_lists": lambda: credentials.want_lists(at=now),
            "stop_revoked": lambda: credentials.stop_revoked(at=now),
            "ring_for_lists": lambda: credentials.ring_for_lists(at=now),
            "tell_ends": lambda: credentials.tell_ends(at=now),
            "tell_papers_wait": lambda: messages.tell_papers_wait(at=now),
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
            "stop_asking": lambda: applications.stop_asking(now=now),
            "apologise": lambda: applications.apologise(now=now),
            "forget_reports": lambda: reports.forget(now),
            "forget_looks": lambda: documents.forget_looks(now=now, limit=500),
            "forget_pages": lambda: registers.forget_pages(now=now, limit=500),
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
