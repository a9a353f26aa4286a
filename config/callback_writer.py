"""What waits is kept together: one statement, one commit, then each is told."""

import asyncio
from asyncio import AbstractEventLoop, Future, Task
from contextlib import suppress
from typing import Any

import psycopg
import structlog

from payments.operations import intake

log = structlog.get_logger()

GROUP_MAX = 500
# Beyond so many that wait the disk is too slow for us, and a provider had better come again.
WAITING_MAX = 2000
WAITING_BYTES_MAX = 64 * 1024 * 1024
CONNECT_SECONDS = 3
GROUP_SECONDS_MAX = 10.0

Waiting = tuple[intake.Message | None, "Future[bool]"]


class Busy(Exception):
    """More waits to be kept than may."""


class Writer:
    """One connection and one task that owns it. Belongs to one event loop."""

    def __init__(self, database: dict[str, Any]) -> None:
        self.database = database
        self.connection: psycopg.AsyncConnection[Any] | None = None
        self.waiting: list[Waiting] = []
        self.waiting_bytes = 0
        self.wake = asyncio.Event()
        self.task: Task[None] | None = None
        self.leaving: set[Future[None]] = set()

    def start(self, loop: AbstractEventLoop) -> None:
        self.task = loop.create_task(self._run())

    async def stop(self) -> None:
        """Keep nothing more; what was kept has been answered by now."""
        if self.task is not None:
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task
        await self._hang_up()

    def keep(self, row: intake.Message | None) -> "Future[bool]":
        """
        Return what will be True once the row is committed, and False if it could not be.

        :param row: None asks whether the database keeps anything at all
        :raises Busy: if too much waits already
        """
        size = len(row.body) if row is not None else 0
        if len(self.waiting) >= WAITING_MAX or self.waiting_bytes + size > WAITING_BYTES_MAX:
            raise Busy
        kept: Future[bool] = asyncio.get_running_loop().create_future()
        self.waiting.append((row, kept))
        self.waiting_bytes += size
        self.wake.set()
        return kept

    async def _run(self) -> None:
        while True:
            await self.wake.wait()
            group, self.waiting = self.waiting[:GROUP_MAX], self.waiting[GROUP_MAX:]
            self.waiting_bytes -= sum(len(row.body) for row, _ in group if row is not None)
            if not self.waiting:
                self.wake.clear()
            await self._keep(group)

    async def _keep(self, group: list[Waiting]) -> None:
        try:
            await self._insert_in_time([row for row, _ in group if row is not None])
        except psycopg.Error as error:
            if len(group) > 1 and self._lives():
                # PostgreSQL lives and refuses something of it: each has to answer for itself.
                await self._keep_one_by_one(group)
                return
            log.error("callback.not_kept", error=type(error).__name__, messages=len(group))  # noqa: TRY400
            _tell(group, is_kept=False)
        except (OSError, TimeoutError) as error:
            log.error("callback.not_kept", error=type(error).__name__, messages=len(group))  # noqa: TRY400
            # Committed or not, we do not know: the provider repeats it, and once is once.
            await self._hang_up()
            _tell(group, is_kept=False)
        else:
            _tell(group, is_kept=True)

    async def _keep_one_by_one(self, group: list[Waiting]) -> None:
        for place, one in enumerate(group):
            await self._keep([one])
            if not self._lives():
                _tell(group[place + 1 :], is_kept=False)
                return

    async def _insert_in_time(self, rows: list[intake.Message]) -> None:
        """:raises TimeoutError: if PostgreSQL says nothing; its session is left behind"""
        insert = asyncio.ensure_future(self._insert(rows))
        done, _ = await asyncio.wait({insert}, timeout=GROUP_SECONDS_MAX)
        if not done:
            # Cancelling waits for PostgreSQL, and whoever comes next must not.
            held, self.connection = self.connection, None
            leaving = asyncio.ensure_future(_leave(insert, held))
            self.leaving.add(leaving)
            leaving.add_done_callback(self.leaving.discard)
            raise TimeoutError
        await insert

    async def _insert(self, rows: list[intake.Message]) -> None:
        held = self.connection
        if held is None or held.closed:
            held = self.connection = await psycopg.AsyncConnection.connect(
                **self.database, autocommit=True, connect_timeout=CONNECT_SECONDS
            )
        columns = list(zip(*rows, strict=True)) or [()] * len(intake.Message._fields)
        await held.execute(intake.KEEP_NEWS, [list(column) for column in columns], prepare=True)

    def _lives(self) -> bool:
        return self.connection is not None and not self.connection.closed

    async def _hang_up(self) -> None:
        held, self.connection = self.connection, None
        if held is not None:
            with suppress(psycopg.Error, OSError):
                await held.close()


async def _leave(insert: "Future[None]", held: psycopg.AsyncConnection[Any] | None) -> None:
    insert.cancel()
    with suppress(asyncio.CancelledError, psycopg.Error, OSError):
        await insert
    if held is not None:
        with suppress(psycopg.Error, OSError):
            await held.close()


def _tell(group: list[Waiting], *, is_kept: bool) -> None:
    for _, kept in group:
        # Whoever asked may have gone away.
        if not kept.done():
            kept.set_result(is_kept)
