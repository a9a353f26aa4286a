"""From the inbox to the engine: claim, read, post, and keep aside what cannot be posted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import starmap
from typing import NamedTuple

import psycopg
import structlog
from django.db import DataError, IntegrityError, transaction

from payments import sql
from payments.gateways import PARSERS
from payments.gateways.base import Context, Told, Unreadable
from payments.models import Inbox, UnpostedMessage
from payments.posting.asked import as_asked, asked_of
from payments.posting.engine import post
from payments.posting.soundness import sound
from payments.posting.tellings import Telling
from payments.states import Source

log = structlog.get_logger()

BATCH_MAX = 500
_OF_THE_ROWS = (psycopg.IntegrityError, psycopg.DataError)

# A message that the database refuses is tried again after 4 s, 16 s, ... and then set aside.
REFUSALS_MAX = 8
# One that tells a debit of a collection that nobody has told of yet waits as long each time, some
# 20 minutes in all; then the debit is posted as what it is without its original.
WAITS_MAX = 5


class _Claimed(NamedTuple):
    message_id: int
    received_at: datetime
    kind: str | None
    external_hint: str | None
    body: bytes | None
    rail_id: int | None
    refusals: int


class _Refused(Exception):
    """PostgreSQL refused the batch for what is in it, and not because it is in trouble."""

    def __init__(self, message_ids: list[int], rule: str) -> None:
        super().__init__(rule)
        self.message_ids = message_ids
        self.rule = rule


def post_inbox(*, batch_max: int = BATCH_MAX, now: datetime) -> int:
    """
    Post the oldest messages that wait, at most `batch_max`, in one transaction of its own.

    Return how many left the inbox or were put off; 0 means that nothing waits. A batch that
    PostgreSQL refuses is tried in smaller ones, until the message it does not bear stands alone.

    :raises psycopg.OperationalError: if the database is in trouble; nothing is lost by it
    """
    limit = batch_max
    while True:
        try:
            return _post_batch(limit, now)
        except _Refused as refusal:
            if len(refusal.message_ids) == 1:
                _put_off(refusal.message_ids[0], rule=refusal.rule, now=now)
                return 1
            limit = (len(refusal.message_ids) + 1) // 2


def _post_batch(limit: int, now: datetime) -> int:
    claimed: list[_Claimed] = []
    try:
        with transaction.atomic(durable=True):
            claimed = list(starmap(_Claimed, sql.run("claim_inbox", now=now, batch_max=limit)))
            tellings, aside = _read_all(claimed)
            posted = post(tellings, at=now)
            waiting = {tellings[position].source_id for position in posted.waiting}
            if waiting:
                _wait([message for message in claimed if message.message_id in waiting], now=now)
            if aside:
                _set_aside(aside, at=now)
    except (*_OF_THE_ROWS, IntegrityError, DataError) as error:
        if not claimed:
            raise
        ids = [message.message_id for message in claimed]
        raise _Refused(ids, _rule(error)) from error
    if claimed:
        log.info(
            "inbox.posted",
            messages=len(claimed),
            movements=posted.movements,
            bills_paid=posted.bills_paid,
            suspended=posted.suspended,
            differences=posted.differences,
            debits=posted.debits,
            unexplained=posted.unexplained,
            waiting=len(waiting),
            set_aside=len(aside),
        )
    return len(claimed)


def _rule(error: Exception) -> str:
    """Return the name of the rule that spoke."""
    # What is refused at commit comes by Django, which keeps PostgreSQL's own words as the cause.
    told = error if isinstance(error, psycopg.Error) else error.__cause__
    rule = told.diag.constraint_name if isinstance(told, psycopg.Error) else None
    return rule or type(error).__name__


def _read_all(claimed: list[_Claimed]) -> tuple[list[Telling], list[tuple[_Claimed, str]]]:
    tellings: list[Telling] = []
    read, aside = _read_each(claimed)
    asked = asked_of([money for _, told in read for money in told])
    for message, told in read:
        if not told or message.rail_id is None:
            aside.append((message, "tells_no_money"))
            continue
        for money in told:
            try:
                whole = sound(as_asked(money, asked))
                tellings.append(_telling(message, message.rail_id, whole))
            except Unreadable as unreadable:
                # The rest of what it tells is posted all the same.
                aside.append((message, unreadable.reason))
    return tellings, aside


def _read_each(
    claimed: list[_Claimed],
) -> tuple[list[tuple[_Claimed, Sequence[Told]]], list[tuple[_Claimed, str]]]:
    read: list[tuple[_Claimed, Sequence[Told]]] = []
    aside: list[tuple[_Claimed, str]] = []
    for message in claimed:
        try:
            read.append((message, _read(message)))
        except Unreadable as unreadable:
            aside.append((message, unreadable.reason))
    return read, aside


def _read(message: _Claimed) -> Sequence[Told]:
    if message.kind is None or message.body is None:
        raise Unreadable("message_missing")
    if message.rail_id is None:
        raise Unreadable("unknown_rail")
    if message.kind not in PARSERS:
        raise Unreadable("unknown_kind")
    context = Context(received_at=message.received_at, external_hint=message.external_hint or "")
    return PARSERS[message.kind](bytes(message.body), context)


def _telling(message: _Claimed, rail_id: int, money: Told) -> Telling:
    return Telling(
        rail_id=rail_id,
        told=money,
        source=Source.MESSAGE.value,
        source_id=message.message_id,
        source_at=message.received_at,
        last_try=message.refusals >= WAITS_MAX,
    )


def _wait(waiting: list[_Claimed], *, now: datetime) -> None:
    """Read these again later: the money that they speak of may still be told."""
    sql.run(
        "put_off",
        rows=len(waiting),
        message_id=[message.message_id for message in waiting],
        received_at=[message.received_at for message in waiting],
        due_at=[now + pause(message.refusals + 1) for message in waiting],
        refusals=[message.refusals + 1 for message in waiting],
    )


def pause(refusals: int) -> timedelta:
    return timedelta(seconds=4**refusals)


def _set_aside(aside: list[tuple[_Claimed, str]], *, at: datetime) -> None:
    sql.run(
        "set_aside",
        rows=len(aside),
        message_id=[message.message_id for message, _ in aside],
        received_at=[message.received_at for message, _ in aside],
        reason=[reason for _, reason in aside],
        at=at,
    )


def _put_off(message_id: int, *, rule: str, now: datetime) -> None:
    """Keep a message that the database refuses out of the way of the others."""
    with transaction.atomic(durable=True):
        waiting = Inbox.objects.select_for_update().filter(pk=message_id).first()
        if waiting is None:
            return
        waiting.refusals += 1
        if waiting.refusals < REFUSALS_MAX:
            waiting.due_at = now + pause(waiting.refusals)
            waiting.save(update_fields=["due_at", "refusals"])
        else:
            UnpostedMessage.objects.create(
                message_id=message_id,
                received_at=waiting.received_at,
                reason=f"refused: {rule}",
                read_at=now,
            )
            waiting.delete()
    log.error("inbox.refused", message_id=message_id, rule=rule, refusals=waiting.refusals)
