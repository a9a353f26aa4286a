"""
A message's way out.

Sending is once-only: SENDING is committed before the gateway is called. A try that surely did not
leave goes back to the queue; a try that may have left becomes UNKNOWN and is asked after, never
sent again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from kernel import outbox
from notifications import events, wording
from notifications.models import Attempt, Message, Receipt
from notifications.states import LIFECYCLE, State

log = structlog.get_logger()

ATTEMPTS_MAX = 8
INQUIRIES_MAX = 12
_BACKOFF_FIRST = timedelta(seconds=5)
_BACKOFF_MAX = timedelta(minutes=10)
# The gateway may still be working on a try whose answer we did not get.
_INQUIRY_AFTER = timedelta(seconds=20)
# What cannot come back to the queue: a secret need not be kept any longer.
_GONE = (State.SENT, State.DELIVERED, State.FAILED, State.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message that its holder, and nobody else, sends now."""

    message_id: int
    key: UUID
    channel: str  # "sms" or "email".
    language: str
    to: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """What came of a try: the gateway has it, under this id of its own."""

    message_id: int
    provider_id: str


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """A message that may have left; the gateway is asked about it by its key."""

    message_id: int
    key: UUID


def send(
    *,
    contact_id: int,
    template: str,
    language: str,
    context: Mapping[str, str],
    dedupe_key: str,
    at: datetime,
    by_email: bool = False,
) -> int:
    """
    Queue an SMS to the contact point and return the message's id.

    The same dedupe key gives the same id and queues nothing twice.

    :param by_email: the contact point is an address, and the same words go there

    :raises wording.WrongContext: if the template cannot be written with this context
    """
    kind = wording.template(template)
    write = wording.plain if by_email else wording.sms
    with transaction.atomic():
        message, is_new = Message.objects.get_or_create(
            dedupe_key=dedupe_key,
            defaults={
                "contact_id": contact_id,
                "channel": Message.Channel.EMAIL if by_email else Message.Channel.SMS,
                "template": template,
                "language": language,
                "body": write(code=template, language=language, context=context),
                "queued_at": at,
                "due_at": at,
                "worthless_at": at + kind.useful_for if kind.useful_for else None,
            },
        )
        if is_new:
            outbox.publish(events.MessageQueued(subject_id=message.pk, occurred_at=at))
    return message.pk


def claim_messages(
    *, limit: int, now: datetime, until: datetime, by_email: bool = True
) -> list[Outgoing]:
    """
    Take up to `limit` messages that are due, for the caller to send before `until`.

    :param by_email: False where there is no mail server: what goes by email waits for one

    Tries whose time ran out are first declared UNKNOWN, and messages that nobody needs any more
    (a code past its life) FAILED. Call outside a transaction: SENDING must be committed before
    the gateway hears of it.
    """
    with transaction.atomic():
        for message in _locked(state=State.SENDING, lease_until__lte=now)[:limit]:
            _end_attempt(message, Attempt.Outcome.UNKNOWN, "lease ended", now)
            message.due_at = now + _INQUIRY_AFTER
            _move(message, State.UNKNOWN, at=now, changed=["due_at"])
        for message in _locked(state=State.QUEUED, due_at__lte=now, worthless_at__lte=now)[:limit]:
            _move(message, State.FAILED, at=now)
        waiting = _locked(state=State.QUEUED, due_at__lte=now).select_related("contact")
        if not by_email:
            waiting = waiting.filter(channel=Message.Channel.SMS)
        messages = list(waiting.order_by("due_at", "id")[:limit])
        for message in messages:
            message.attempts += 1
            message.lease_until = until
        _write_attempts(messages, Attempt.Outcome.SENDING, "", now)
        _move_all(messages, State.SENDING, at=now, changed=["attempts"])
    return [
        Outgoing(
            message_id=message.pk,
            key=message.key,
            channel=message.channel,
            language=message.language,
            to=message.contact.value,
            text=message.body or "",
        )
        for message in messages
    ]


def record_sent(accepted: Sequence[Accepted], *, at: datetime) -> None:
    """Record that the gateway has accepted them. A receipt that came sooner stands."""
    provider_ids = {each.message_id: each.provider_id for each in accepted}
    with transaction.atomic():
        locked = list(_locked(pk__in=provider_ids, skip=False))
        sending = [message for message in locked if message.state == State.SENDING]
        unknown = [message for message in locked if message.state == State.UNKNOWN]
        # Of any other its receipt overtook this answer.
        for message in (*sending, *unknown):
            message.provider_id = provider_ids[message.pk]
            message.sent_at = at
        _write_attempts(sending, Attempt.Outcome.SENT, "", at)
        for messages in (sending, unknown):
            _move_all(messages, State.SENT, at=at, changed=["provider_id", "sent_at"])


def record_not_sent(*, message_id: int, reason: str, at: datetime) -> None:
    """Record that it surely did not leave: it waits and is tried again, ATTEMPTS_MAX times."""
    with transaction.atomic():
        message = _lock(message_id)
        if message.state != State.SENDING:
            return  # Its lease had ended: it is UNKNOWN, and stays so.
        _end_attempt(message, Attempt.Outcome.NOT_SENT, reason, at)
        if message.attempts >= ATTEMPTS_MAX:
            _move(message, State.FAILED, at=at)
        else:
            message.due_at = at + _backoff(message.attempts)
            _move(message, State.QUEUED, at=at, changed=["due_at"])


def record_failed(*, message_id: int, reason: str, at: datetime) -> None:
    """Record that the gateway refuses it for good."""
    with transaction.atomic():
        message = _lock(message_id)
        if message.state != State.SENDING:
            return  # Its lease had ended: only a receipt or an inquiry speaks now.
        _end_attempt(message, Attempt.Outcome.FAILED, reason, at)
        _move(message, State.FAILED, at=at)


def record_unknown(*, message_id: int, at: datetime) -> None:
    """Record that it may have left: the answer never came."""
    with transaction.atomic():
        message = _lock(message_id)
        if message.state != State.SENDING:
            return  # A receipt told us more, or the lease had ended.
        _end_attempt(message, Attempt.Outcome.UNKNOWN, "no answer", at)
        message.due_at = at + _INQUIRY_AFTER
        _move(message, State.UNKNOWN, at=at, changed=["due_at"])


def claim_inquiries(*, limit: int, now: datetime, until: datetime) -> list[Inquiry]:
    """
    Take up to `limit` UNKNOWN messages to ask the gateway about; the next turn is later.

    Of a mail in doubt nobody but its reader can tell.
    """
    with transaction.atomic():
        due = _locked(
            state=State.UNKNOWN,
            channel=Message.Channel.SMS,
            due_at__lte=now,
            inquiries__lt=INQUIRIES_MAX,
        )
        claimed = []
        for message in due.order_by("due_at", "id")[:limit]:
            message.inquiries += 1
            message.due_at = max(until, now + _backoff(message.inquiries))
            message.save(update_fields=["inquiries", "due_at"])
            claimed.append(Inquiry(message_id=message.pk, key=message.key))
    return claimed


def record_receipt(*, key: UUID, status: str, at: datetime) -> bool:
    """
    Record what the gateway says of a message: "sent", "delivered" or "failed".

    Every receipt is kept; only one that tells more than we know changes the state.

    :return: False where we have no such message
    """
    target = {"sent": State.SENT, "delivered": State.DELIVERED, "failed": State.FAILED}[status]
    with transaction.atomic():
        message = _locked(key=key, skip=False).first()
        if message is None:
            return False
        Receipt.objects.create(message=message, status=status, recorded_at=at)
        if message.state == State.SENDING and target == State.SENT:
            return True  # The answer to our own request says it better, with the provider's id.
        if target in LIFECYCLE.targets(State(message.state)):
            if message.state == State.SENDING:
                _end_attempt(message, _OUTCOME[target], "receipt", at)
            message.sent_at = message.sent_at or at
            _move(message, target, at=at, changed=["sent_at"])
    return True


def record_unheard(*, message_id: int, at: datetime) -> None:
    """Record that the gateway never heard of it. It is not sent again: a copy may be on its way."""
    with transaction.atomic():
        message = _lock(message_id)
        if message.state != State.UNKNOWN:
            return  # A receipt came while we asked.
        Receipt.objects.create(message=message, status=Receipt.Status.UNHEARD, recorded_at=at)
        _move(message, State.FAILED, at=at)


_OUTCOME = {State.DELIVERED: Attempt.Outcome.SENT, State.FAILED: Attempt.Outcome.FAILED}


def _lock(message_id: int) -> Message:
    return Message.objects.select_for_update(no_key=True).get(pk=message_id)


def _locked(*, skip: bool = True, **which: object) -> QuerySet[Message]:
    """Return the rows, locked; rows that somebody else holds are left to her."""
    rows = Message.objects.select_for_update(no_key=True, skip_locked=skip, of=("self",))
    return rows.filter(**which).order_by("id")


def _move(message: Message, target: State, *, at: datetime, changed: Sequence[str] = ()) -> None:
    _move_all([message], target, at=at, changed=changed)


def _move_all(
    messages: Sequence[Message], target: State, *, at: datetime, changed: Sequence[str] = ()
) -> None:
    """
    Walk one edge of the table with messages of one state, tell it, and erase secrets that need not
    be sent again; write the fields that were `changed` too.
    """
    if not messages:
        return
    (source,) = {State(message.state) for message in messages}
    event = LIFECYCLE.event_for(source, target)
    for message in messages:
        message.state = target
        if target != State.SENDING:
            message.lease_until = None
    Message.objects.bulk_update(messages, ["state", "lease_until", *changed])
    if target in _GONE:
        _erase([message for message in messages if wording.template(message.template).secret])
    outbox.publish_many(event(subject_id=message.pk, occurred_at=at) for message in messages)
    for message in messages:
        log.info(event.name, message_id=message.pk, template=message.template)


def _erase(messages: Sequence[Message]) -> None:
    if messages:
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(body=None)
        for message in messages:
            message.body = None


def _end_attempt(message: Message, outcome: Attempt.Outcome, reason: str, at: datetime) -> None:
    _write_attempts([message], outcome, reason, at)


def _write_attempts(
    messages: Sequence[Message], outcome: Attempt.Outcome, reason: str, at: datetime
) -> None:
    Attempt.objects.bulk_create(
        Attempt(
            message=message,
            number=message.attempts,
            outcome=outcome,
            reason=reason[:80],
            recorded_at=at,
        )
        for message in messages
    )


def _backoff(tries: int) -> timedelta:
    """Return 5 s, 10 s, 20 s ... up to 10 minutes."""
    doubled: timedelta = _BACKOFF_FIRST * 2 ** (tries - 1)
    return min(doubled, _BACKOFF_MAX)
