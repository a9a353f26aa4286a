"""From the inbox to the engine: claim, read, post, and keep aside what cannot be posted."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import starmap
from typing import NamedTuple

import psycopg
import structlog
from django.db import transaction

from payments import sql
from payments.gateways import PARSERS
from payments.gateways.base import Collection, Context, Unreadable
from payments.models import Inbox, UnpostedMessage
from payments.posting.engine import Telling, post

log = structlog.get_logger()

BATCH_MAX = 500
MESSAGE = "message"

# What PostgreSQL and the ledger can hold; a provider that exceeds it is not to be believed.
EXTERNAL_ID_MAX = 200
REFERENCE_MAX = 200
AMOUNT_MINOR_MAX = 10**15
YEARS = range(2000, 2101)
_CURRENCY = re.compile(r"[A-Z]{3}")

# A message that the database refuses is tried again after 4 s, 16 s, ... and then set aside.
REFUSALS_MAX = 8


class _Claimed(NamedTuple):
    message_id: int
    received_at: datetime
    kind: str | None
    external_hint: str | None
    body: bytes | None
    rail_id: int | None


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
            if aside:
                _set_aside(aside, at=now)
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        if not claimed:
            raise
        ids = [message.message_id for message in claimed]
        raise _Refused(ids, error.diag.constraint_name or type(error).__name__) from error
    if claimed:
        log.info(
            "inbox.posted",
            messages=len(claimed),
            movements=posted.movements,
            bills_paid=posted.bills_paid,
            suspended=posted.suspended,
            differences=posted.differences,
            set_aside=len(aside),
        )
    return len(claimed)


def _read_all(claimed: list[_Claimed]) -> tuple[list[Telling], list[tuple[_Claimed, str]]]:
    tellings, aside = [], []
    for message in claimed:
        try:
            collection = _read(message)
        except Unreadable as unreadable:
            aside.append((message, unreadable.reason))
            continue
        if collection is None or message.rail_id is None:
            aside.append((message, "tells_no_money"))
            continue
        tellings.append(
            Telling(
                rail_id=message.rail_id,
                collection=collection,
                source=MESSAGE,
                source_id=message.message_id,
                source_at=message.received_at,
            )
        )
    return tellings, aside


def _read(message: _Claimed) -> Collection | None:
    if message.kind is None or message.body is None:
        raise Unreadable("message_missing")
    if message.rail_id is None:
        raise Unreadable("unknown_rail")
    if message.kind not in PARSERS:
        raise Unreadable("unknown_kind")
    context = Context(received_at=message.received_at, external_hint=message.external_hint or "")
    collection = PARSERS[message.kind](bytes(message.body), context)
    return None if collection is None else sound(collection)


def sound(collection: Collection) -> Collection:
    """
    Return the collection as the ledger can hold it: its time in UTC, its reference storable.

    :raises Unreadable: if it has no id, no amount, no currency or no time worth the name
    """
    external_id = collection.external_id
    if not (0 < len(external_id) <= EXTERNAL_ID_MAX and _storable(external_id) == external_id):
        raise Unreadable("bad_id")
    if not 0 < collection.amount_minor <= AMOUNT_MINOR_MAX:
        raise Unreadable("bad_amount")
    if not _CURRENCY.fullmatch(collection.currency):
        raise Unreadable("bad_currency")
    try:
        occurred_at = collection.occurred_at.astimezone(UTC)
    except OverflowError:
        raise Unreadable("bad_time") from None
    if occurred_at.year not in YEARS:
        raise Unreadable("bad_time")
    return replace(
        collection,
        occurred_at=occurred_at,
        reference=_storable(collection.reference)[:REFERENCE_MAX],
    )


def _storable(text: str) -> str:
    # JSON can carry a NUL and half a character; PostgreSQL's text can carry neither.
    return text.replace("\0", "").encode(errors="replace").decode()


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
            waiting.due_at = now + timedelta(seconds=4**waiting.refusals)
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
