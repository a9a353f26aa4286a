"""
Asking a provider about one movement, because a message that proves nothing told of it.

An unsigned message posts no money. What it says of a movement becomes a question, and the
provider's answer under our own contract is the proof. Some answer at once; others (Daraja) take the
question and answer at an address that only they were told.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction

from kernel import outbox
from payments import events, gateways
from payments.gateways.base import Asked
from payments.gateways.prompt import NeverHeard, Unreachable
from payments.models import Inquiry, Rail
from payments.operations import health, intake
from payments.operations.prompting import Clock
from payments.states import Auth
from payments.states import InquiryState as I

log = structlog.get_logger()

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
# An answer by another road that has not come by then is asked for again.
ANSWERS_WITHIN = timedelta(seconds=60)
# Then the list (pull) or the statement tells, if there was anything to tell.
TRIES_MAX = 12
# Whoever knows our secret address could have us ask the provider without end.
WANTED_A_MINUTE_MAX = 1200


class TooManyQuestions(Exception):
    """This minute has had its fill of hints on this rail."""


def want(*, rail_code: str, external_id: str, told: str, at: datetime) -> bool:
    """
    Want the provider to be asked about a movement; inside the transaction that keeps the message.

    :return: False where this was asked before, or the rail cannot be asked
    :raises TooManyQuestions: if this minute's are spent
    """
    rail = Rail.objects.filter(code=rail_code).first()
    vendor = gateways.VENDORS.get(rail.kind) if rail else None
    if rail is None or vendor is None or vendor.inquiries is None:
        return False
    lately = Inquiry.objects.filter(rail=rail, created_at__gt=at - timedelta(minutes=1))
    if lately.count() >= WANTED_A_MINUTE_MAX:
        raise TooManyQuestions
    made, is_new = Inquiry.objects.get_or_create(
        rail=rail,
        external_id=intake.storable(external_id)[:200],
        told=intake.storable(told)[:100],
        defaults={"created_at": at, "next_at": at},
    )
    if is_new:
        outbox.publish(events.InquiryDue(subject_id=made.pk, occurred_at=at))
    return is_new


def claim_inquiries(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Take questions that are due; each comes back at `until` if nobody records."""
    with transaction.atomic():
        due = Inquiry.objects.select_for_update(skip_locked=True, no_key=True)
        found = list(
            due.filter(next_at__lte=now)
            .order_by("next_at", "pk")
            .values_list("pk", flat=True)[:limit]
        )
        Inquiry.objects.filter(pk__in=found).update(next_at=until)
        return found


def ask_provider(inquiry_id: int, *, clock: Clock) -> None:
    """
    Put one question and keep the answer, or wait for it.

    Trouble outside or with this one question is never raised, because others wait behind it.

    :raises django.db.OperationalError: if the database is in trouble
    """
    try:
        _ask(inquiry_id, clock)
    except (OperationalError, InterfaceError):
        raise
    except Exception as trouble:
        log.error("inquiry.not_asked", inquiry_id=inquiry_id, trouble=type(trouble).__name__)  # noqa: TRY400
        _again(inquiry_id, at=clock())


def answered(*, rail_code: str, key: UUID, handle: str, at: datetime) -> str | None:
    """
    Mark the question as answered and return what was told with it; None if it is none of ours.

    Inside the transaction that keeps the answer. An answer that names another handle than the
    provider gave us is nobody's; one that comes twice is kept twice, and posted once.
    """
    inquiry = (
        Inquiry.objects.select_for_update(no_key=True, of=("self",))
        .filter(key=key, rail__code=rail_code)
        .first()
    )
    # Without a handle it was never taken by the provider: nobody can know the answer.
    if inquiry is None or not inquiry.handle or inquiry.handle != handle:
        return None
    _end(inquiry, at=at)
    return inquiry.told


def _ask(inquiry_id: int, clock: Clock) -> None:
    inquiry = Inquiry.objects.select_related("rail").get(pk=inquiry_id)
    rail = inquiry.rail
    try:
        said = _put(inquiry)
    except NeverHeard:
        health.answered(rail_id=rail.pk, at=clock())
        _again(inquiry_id, at=clock())
        return
    except Unreachable:
        # A contract may lack the right to ask for balances: payers can pay all the same.
        if not inquiry.is_about_balance:
            health.troubled(rail_id=rail.pk, at=clock())
        _again(inquiry_id, at=clock())
        return
    now = clock()
    health.answered(rail_id=rail.pk, at=now)
    with transaction.atomic():
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_id)
        if inquiry.state == I.ANSWERED:
            return  # The answer by the other road was quicker than the one to our call.
        if said.handle:
            inquiry.state, inquiry.handle = I.ASKED, intake.storable(said.handle)
            inquiry.asked_at, inquiry.next_at = now, now + ANSWERS_WITHIN
            inquiry.tries += 1
            inquiry.save(update_fields=["state", "handle", "asked_at", "next_at", "tries"])
            if inquiry.tries >= TRIES_MAX:
                _give_up(inquiry)
            return
        intake.receive(
            rail_code=rail.code,
            kind=f"{rail.kind}.{'balance' if inquiry.is_about_balance else 'inquiry'}",
            body=said.body,
            headers={},
            remote_ip=None,
            auth=Auth.VALID,  # The answer to our own question, under our own contract.
            external_hint=inquiry.told,
            at=now,
        )
        _end(inquiry, at=now)


def _put(inquiry: Inquiry) -> Asked:
    rail = inquiry.rail
    if inquiry.is_about_balance:
        return gateways.balances(kind=rail.kind, rail_code=rail.code).balance(key=inquiry.key)
    gateway = gateways.inquiries(kind=rail.kind, rail_code=rail.code)
    return gateway.ask(external_id=inquiry.external_id, key=inquiry.key)


def _end(inquiry: Inquiry, *, at: datetime) -> None:
    inquiry.state, inquiry.next_at = I.ANSWERED, None
    inquiry.answered_at = inquiry.answered_at or at
    inquiry.save(update_fields=["state", "next_at", "answered_at"])


def _again(inquiry_id: int, *, at: datetime) -> None:
    with transaction.atomic():
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_id)
        if inquiry.state in {I.ANSWERED, I.GIVEN_UP}:
            return
        inquiry.tries += 1
        if inquiry.tries >= TRIES_MAX:
            _give_up(inquiry)
            return
        inquiry.next_at = at + min(FIRST_PAUSE * 2**inquiry.tries, LONGEST_PAUSE)
        inquiry.save(update_fields=["tries", "next_at"])


def _give_up(inquiry: Inquiry) -> None:
    inquiry.state, inquiry.next_at = I.GIVEN_UP, None
    inquiry.save(update_fields=["state", "next_at", "tries"])
    log.warning("inquiry.given_up", inquiry_id=inquiry.pk)
