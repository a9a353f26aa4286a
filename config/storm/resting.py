"""Waiting until nothing moves any more, and reading the day's statements in."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from django.db import connection

from config.storm.plan import Road
from config.storm.street import Outside
from kernel.country import country
from payments.operations import importing
from payments.statements import csvlayout

POLL_SECONDS = 0.5
# Nothing may be seen to move for so long.
STILL_SECONDS = 3.0
_STATEMENTS = {
    "mpesa": "/mpesa/portal/statement.csv",
    "mtn": "/mtn/portal/statement.csv",
    "airtel": "/airtel/portal/statement.csv",
    **{bank: f"/{bank}/statement.xml" for bank in ("bank", "jenga", "kcb")},
}
_WALLETS = Path(__file__).with_name("wallet-portal.yaml")

# What is still to be done, besides what was put off for longer than anybody waits here: a debit
# that waits for its collection waits for the statement, too.
_MOVING = """
SELECT
    (SELECT count(*) FROM payments_inbox WHERE due_at <= %(soon)s),
    (SELECT count(*) FROM payments_payment_attempt
     WHERE state IN ('CREATED', 'SENDING', 'PENDING', 'UNKNOWN')),
    (SELECT count(*) FROM payments_refund
     WHERE state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN')),
    (SELECT count(*) FROM payments_inquiry WHERE next_at <= %(soon)s),
    (SELECT count(*) FROM kernel_event WHERE relayed_at IS NULL AND parked_at IS NULL),
    (SELECT count(*) FROM kernel_delivery WHERE state = 'PENDING')
"""
_NAMES = ("messages", "prompts", "refunds", "questions", "news", "deliveries", "tellings")


def wait(
    outside: Outside,
    *,
    patience_seconds: float,
    clock: Callable[[], datetime],
    tell: Callable[[str], None],
) -> str:
    """Wait until all is still; return what still moves when patience ends, or ""."""
    end = time.monotonic() + patience_seconds
    still_since, told = time.monotonic(), ""
    while True:
        left = _moving(outside, clock())
        if left:
            still_since = time.monotonic()
            if left != told and time.monotonic() - end > -patience_seconds:
                told = left
                tell(f"waiting for {left}")
        elif time.monotonic() - still_since >= STILL_SECONDS:
            return ""
        if time.monotonic() > end:
            return left
        time.sleep(POLL_SECONDS)


def _moving(outside: Outside, now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_MOVING, {"soon": now})
        counts = [*cursor.fetchone(), outside.truth(now.timestamp() + 1)["waiting"]]
    named = zip(counts, _NAMES, strict=True)
    return ", ".join(f"{count} {name}" for count, name in named if count)


def read_statements(
    outside: Outside, roads: Sequence[Road], *, at: datetime, tell: Callable[[str], None]
) -> list[str]:
    """Import the day's statement of every rail that has one; return what was not posted."""
    day = at.astimezone(ZoneInfo(str(country().zone))).date()
    layouts = [*csvlayout.house(), wallets_layout()]
    held = []
    for rail, twin in sorted({(road.rail, road.twin) for road in roads}):
        if twin not in _STATEMENTS:
            continue
        data = outside.get(_STATEMENTS[twin], day=day.isoformat()).content
        try:
            done = importing.import_file(
                data=data, name=f"{rail}-{day}", rail_code=rail, layouts=layouts, at=at
            )
        except importing.NotRead as cannot:
            held.append(f"{rail}: {cannot}")
            continue
        tell(
            f"statement of {rail}: {done.lines} lines, {done.new} new, {done.known} known before,"
            f" {done.matched} matched, {done.suspense} suspense, {done.refused} refused,"
            f" {done.waiting} waiting"
        )
        held += [f"{rail}: {one.held_back}" for one in done.statements if one.held_back]
    return held


def wallets_layout() -> csvlayout.Layout:
    """Return the layout by which the sandbox's wallets, and the month's, write their statements."""
    declared = yaml.safe_load(_WALLETS.read_text("utf-8"))
    ours = {"currency": country().currency, "zone": str(country().zone)}
    return csvlayout.from_mapping({**declared, **ours})
