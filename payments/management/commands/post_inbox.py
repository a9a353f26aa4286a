"""`manage.py post_inbox`: the poster. One leads, the others stand by; none is missed for long."""

import signal
import time
from argparse import ArgumentParser
from threading import Event
from types import FrameType
from typing import Any

import psycopg
import structlog
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from payments import posting
from payments.operations import intake

log = structlog.get_logger()

# Any number, as long as nobody else in this database locks by it.
LEADER_LOCK = 7_105_203_117
BUSY_SECONDS = 0.005
IDLE_SECONDS_MAX = 0.1
STANDBY_SECONDS = 1.0
TROUBLE_SECONDS_MAX = 2.0
HOUSEKEEPING_SECONDS = 3600.0

# PostgreSQL restarts or somebody cuts our session; a bug in our SQL is not among them and is loud.
TROUBLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    OperationalError,
    InterfaceError,
    posting.NoOpenDay,
)


class Command(BaseCommand):
    help = "Posts what the inbox holds, for ever; several may run, one of them leads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch-max", type=int, default=posting.BATCH_MAX)
        parser.add_argument(
            "--until-empty", action="store_true", help="stop once nothing waits, leader or not"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        batch_max: int = options["batch_max"]
        if options["until_empty"]:
            while posting.post_inbox(batch_max=batch_max, now=timezone.now()):
                pass
            return
        stop = Event()

        def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGINT, ask_to_stop)
        _serve(stop, batch_max=batch_max)
        _hang_up()


def _serve(stop: Event, *, batch_max: int) -> None:
    trouble_seconds = IDLE_SECONDS_MAX
    while not stop.is_set():
        try:
            if _lead():
                log.info("poster.leads")
                trouble_seconds = IDLE_SECONDS_MAX
                _post_until(stop, batch_max=batch_max)
            else:
                stop.wait(STANDBY_SECONDS)
        except TROUBLE as error:
            # Nothing of the batch has happened.
            log.warning("poster.trouble", error=type(error).__name__)
            _hang_up()
            stop.wait(trouble_seconds)
            trouble_seconds = min(2 * trouble_seconds, TROUBLE_SECONDS_MAX)


def _post_until(stop: Event, *, batch_max: int) -> None:
    idle_seconds = BUSY_SECONDS
    housekeeping_at = time.monotonic()
    while not stop.is_set():
        if time.monotonic() >= housekeeping_at:
            _keep_house()
            housekeeping_at = time.monotonic() + HOUSEKEEPING_SECONDS
        posted = posting.post_inbox(batch_max=batch_max, now=timezone.now())
        if posted >= batch_max:
            continue  # More waits already; otherwise a few come together meanwhile.
        idle_seconds = BUSY_SECONDS if posted else min(1.5 * idle_seconds, IDLE_SECONDS_MAX)
        stop.wait(idle_seconds)


def _lead() -> bool:
    """Take the leader's lock, which dies with this session; it needs a direct connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK])
        [leads] = cursor.fetchone()
        # The statements of the engine are planned once for batches of this size; and without
        # scans, because a plan that was made while the tables were empty is kept while they fill.
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        cursor.execute("SET enable_seqscan = off")
    return bool(leads)


def _hang_up() -> None:
    # Back in the pool the session would go on holding the leader's lock.
    if connection.connection is not None:
        connection.connection.close()
    connection.close()


def _keep_house() -> None:
    now = timezone.now()
    intake.open_months(now=now)
    intake.forget_refused(now=now)
