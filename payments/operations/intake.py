"""What providers say is kept word for word, and committed, before anybody judges it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from payments.gateways import PARSERS
from payments.models import RefusedMessage
from payments.states import Auth

HEADERS_MAX = 20
HEADER_CHARS_MAX = 500
HINT_CHARS_MAX = 100
# Of what proves nothing only the start is kept, for a while, and not without end.
REFUSED_BYTES_MAX = 4096
REFUSED_A_MINUTE_MAX = 60
REFUSED_ROWS_MAX = 100_000
REFUSED_KEPT = timedelta(days=90)
MONTHS_AHEAD = 3

_COLUMNS = (
    "received_at, rail_code, kind, remote_ip, headers, body, body_sha256, auth, external_hint"
)
_KEEP = f"""
WITH kept AS (
    INSERT INTO payments_inbound_message ({_COLUMNS})
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    RETURNING id, received_at
),
queued AS (
    INSERT INTO payments_inbox (message_id, received_at)
    SELECT kept.id, kept.received_at FROM kept WHERE %s
)
SELECT kept.id FROM kept
"""  # noqa: S608

# What waits together is kept together: one array per column of `Message`, all of it proof.
KEEP_NEWS = f"""
WITH kept AS (
    INSERT INTO payments_inbound_message ({_COLUMNS})
    SELECT * FROM unnest(
        %b::timestamptz[], %b::text[], %b::text[], %b::inet[], %b::jsonb[], %b::bytea[],
        %b::bytea[], %b::text[], %b::text[]
    )
    RETURNING id, received_at
)
INSERT INTO payments_inbox (message_id, received_at)
SELECT kept.id, kept.received_at FROM kept
"""  # noqa: S608


class Message(NamedTuple):
    """One row of `payments_inbound_message`, in the order of its columns."""

    received_at: datetime
    rail_code: str
    kind: str
    remote_ip: str | None
    headers: str
    body: bytes
    body_sha256: bytes
    auth: str
    external_hint: str


def message(
    *,
    rail_code: str,
    kind: str,
    body: bytes,
    headers: Mapping[str, str],
    remote_ip: str | None,
    auth: Auth,
    external_hint: str = "",
    at: datetime,
) -> Message:
    """Return the row that keeps a message, as PostgreSQL can hold it."""
    return Message(
        at,
        rail_code,
        kind,
        remote_ip,
        json.dumps(_storable(headers)),
        body,
        hashlib.sha256(body).digest(),
        str(auth),
        storable(external_hint)[:HINT_CHARS_MAX],
    )


def receive(
    *,
    rail_code: str,
    kind: str,
    body: bytes,
    headers: Mapping[str, str],
    remote_ip: str | None,
    auth: Auth,
    external_hint: str = "",
    at: datetime,
) -> int:
    """
    Keep one message byte for byte and, if it can prove money, hand it to the poster.

    One statement: outside a transaction it is committed when this returns.

    :param kind: "bycontract.notification", "mtn.status"; a kind without a parser is only kept
    :param external_hint: what the message itself does not carry: the attempt's key for MTN
    :return: the message's id
    """
    row = message(
        rail_code=rail_code,
        kind=kind,
        body=body,
        headers=headers,
        remote_ip=remote_ip,
        auth=auth,
        external_hint=external_hint,
        at=at,
    )
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [*row, auth == Auth.VALID and kind in PARSERS])
        return int(cursor.fetchone()[0])


def refuse(
    *,
    rail_code: str,
    kind: str,
    body: bytes,
    headers: Mapping[str, str],
    remote_ip: str | None,
    reason: str,
    at: datetime,
) -> bool:
    """
    Keep the start of a message that proves nothing; False where this minute has had its fill.

    :param reason: a code: "unsigned", "stale", "forged", "unknown_attempt"
    """
    # By rail, so that a flood at one door does not hide what is refused at another.
    recent = RefusedMessage.objects.filter(
        received_at__gt=at - timedelta(minutes=1), rail_code=rail_code
    )
    if recent.count() >= REFUSED_A_MINUTE_MAX:
        return False
    RefusedMessage.objects.create(
        received_at=at,
        rail_code=rail_code,
        kind=kind,
        remote_ip=remote_ip,
        headers=_storable(headers),
        body_start=body[:REFUSED_BYTES_MAX],
        body_bytes=len(body),
        body_sha256=hashlib.sha256(body).digest(),
        reason=reason,
    )
    return True


def forget_refused(*, now: datetime) -> int:
    """
    Forget refused messages older than 90 days, and the oldest of more than enough; return how many.

    Anybody can have something refused: all of them together must not fill the disk.
    """
    newest = RefusedMessage.objects.order_by("-pk").values_list("pk", flat=True)
    last_kept = newest[REFUSED_ROWS_MAX - 1 : REFUSED_ROWS_MAX].first()
    old = Q(received_at__lt=now - REFUSED_KEPT) | Q(pk__lt=last_kept or 0)
    gone, _ = RefusedMessage.objects.filter(old).delete()
    return gone


def open_months(*, now: datetime) -> int:
    """Open the partitions of this month and the next three; return how many were new."""
    first = now.date().replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE payments_open_message_month(day))"
            " FROM unnest(%s::date[]) day",
            [[_later(first, months) for months in range(MONTHS_AHEAD + 1)]],
        )
        return int(cursor.fetchone()[0])


def _later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def storable(text: str) -> str:
    """Return the text as PostgreSQL can hold it: it knows no NUL and no half character."""
    if text.isascii() and "\0" not in text:  # Nearly all of it, and nothing to be done.
        return text
    return text.replace("\0", "").encode(errors="replace").decode()


def _storable(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name[:HEADER_CHARS_MAX]: storable(value)[:HEADER_CHARS_MAX]
        for name, value in list(headers.items())[:HEADERS_MAX]
    }
