"""
What providers say to us, in a process of its own: granian's RSGI.

News under a signature waits in the event loop until it is committed, all that waits by one
statement (`Writer`), and is answered after that. Everything else is carried out by the same plain
core as on the site, in a few threads. Both roads answer alike; the site's view stays as fallback.
"""

import asyncio
import os
from asyncio import AbstractEventLoop
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

import django
import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from config import serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
serving.refuse_owner(os.environ)
serving.refuse_plain(os.environ)
django.setup()

from config.callback_writer import Busy, Writer  # noqa: E402
from config.environment import TLS_OF_DATABASE  # noqa: E402
from payments import callbacks  # noqa: E402
from payments.gateways import PARSERS  # noqa: E402
from payments.gateways.base import Heard, News, Reply  # noqa: E402
from payments.operations import intake  # noqa: E402
from payments.states import Auth  # noqa: E402

log = structlog.get_logger()

PREFIX = "/callbacks/"
HEALTH = "/health"
THREADS = 4
# Beyond so many that wait for a thread a provider had better come again.
PLAIN_WAITING_MAX = 200
DRAIN_SECONDS_MAX = 10.0
FLUSH_SECONDS = 0.05

NOT_FOUND = Reply(404, b'{"status": "unknown_address"}')
TOO_LARGE = Reply(413, b'{"status": "too_large"}')
BROKEN = Reply(500, b'{"status": "error"}')
HEALTHY = Reply(200, b'{"status": "ok"}')


class Callbacks:
    """The application: one event loop, one writer, a few threads for what is not news."""

    def __init__(self) -> None:
        self.writer = Writer(_database())
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="callback")
        self.waiting_plain = 0
        self.under_way = 0

    def __rsgi_init__(self, loop: AbstractEventLoop) -> None:
        self.writer.start(loop)

    def __rsgi_del__(self, loop: AbstractEventLoop) -> None:
        """Answer what has been taken, then go; granian takes nothing new by now."""
        loop.run_until_complete(self._drain())
        self.threads.shutdown()

    async def _drain(self) -> None:
        end = asyncio.get_running_loop().time() + DRAIN_SECONDS_MAX
        while self.under_way and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.01)
        # The last answers are on their way through the server.
        await asyncio.sleep(FLUSH_SECONDS)
        await self.writer.stop()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        self.under_way += 1
        try:
            reply = await self._answer(scope, protocol)
        except Exception as error:
            log.exception("callback.broken", error=type(error).__name__)
            reply = BROKEN
        finally:
            self.under_way -= 1
        headers = [("content-type", reply.content_type)]
        if reply.status == 503:
            headers.append(("retry-after", str(callbacks.RETRY_AFTER_SECONDS)))
        protocol.response_bytes(reply.status, headers, reply.body)

    async def _answer(self, scope: Any, protocol: Any) -> Reply:
        path: str = scope.path
        if path == HEALTH:
            return HEALTHY if await self._is_kept(None) else callbacks.unavailable()
        if not path.startswith(PREFIX):
            return NOT_FOUND
        rail_code, _, address = path.removeprefix(PREFIX).partition("/")
        headers = dict(scope.headers.items())
        body = await _body(headers, protocol)
        if body is None:
            log.warning("callback.too_large", rail=rail_code)
            return TOO_LARGE
        heard = Heard(
            method=scope.method,
            path=tuple(address.strip("/").split("/")),
            headers=headers,
            body=body,
            at=timezone.now(),
        )
        return await self._take(heard, rail_code, _remote_ip(scope.client))

    async def _take(self, heard: Heard, rail_code: str, remote_ip: str | None) -> Reply:
        news = _news(heard, rail_code)
        if news is None:
            return await self._take_plainly(heard, rail_code, remote_ip)
        row = intake.message(
            rail_code=rail_code,
            kind=news.kind,
            body=heard.body,
            headers=callbacks.headers_kept(heard.headers),
            remote_ip=remote_ip,
            auth=Auth.VALID,
            at=heard.at,
        )
        return news.reply if await self._is_kept(row) else callbacks.unavailable()

    async def _is_kept(self, row: intake.Message | None) -> bool:
        try:
            return await self.writer.keep(row)
        except Busy:
            log.warning("callback.too_many_wait")
            return False

    async def _take_plainly(self, heard: Heard, rail_code: str, remote_ip: str | None) -> Reply:
        if self.waiting_plain >= PLAIN_WAITING_MAX:
            log.warning("callback.too_many_wait")
            return callbacks.unavailable()
        self.waiting_plain += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self.threads, _plainly, heard, rail_code, remote_ip
            )
        finally:
            self.waiting_plain -= 1


def _news(heard: Heard, rail_code: str) -> News | None:
    """Return the verdict where it is signed news; all else, refusals too, is the plain core's."""
    try:
        verdict = callbacks.judge(heard, rail_code=rail_code)
    except Exception:
        # It is raised again where it is answered.
        return None
    return verdict if isinstance(verdict, News) and verdict.kind in PARSERS else None


def _plainly(heard: Heard, rail_code: str, remote_ip: str | None) -> Reply:
    try:
        return callbacks.take(heard, rail_code=rail_code, remote_ip=remote_ip)
    except (DatabaseError, InterfaceError) as error:
        log.exception("callback.not_kept", rail=rail_code, error=type(error).__name__)
        return callbacks.unavailable()
    finally:
        connections.close_all()


async def _body(headers: dict[str, str], protocol: Any) -> bytes | None:
    """Return the body, or None as soon as it is known to be too large."""
    told = headers.get("content-length", "")
    if told.isascii() and told.isdigit():
        if int(told) > callbacks.BODY_BYTES_MAX:
            return None
        whole: bytes = await protocol()
        return whole
    pieces, size = [], 0
    async for piece in protocol:
        size += len(piece)
        if size > callbacks.BODY_BYTES_MAX:
            return None
        pieces.append(bytes(piece))
    return b"".join(pieces)


def _remote_ip(client: str) -> str | None:
    """Return the address of `192.0.2.1:5432` or `[2001:db8::1]:5432`."""
    return _address(client.rpartition(":")[0].strip("[]"))


@lru_cache(maxsize=256)
def _address(host: str) -> str | None:
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def _database() -> dict[str, Any]:
    """Return psycopg's own words for the application's database."""
    known = settings.DATABASES["default"]
    # How TLS is asked for; the pool is Django's own, and the writer has its own patience.
    options = {name: known["OPTIONS"][name] for name in TLS_OF_DATABASE & {*known["OPTIONS"]}}
    return {
        **options,
        "host": known["HOST"],
        "port": known["PORT"],
        "user": known["USER"],
        "password": known["PASSWORD"],
        "dbname": known["NAME"],
        "application_name": "guichet callbacks",
    }


application = Callbacks()
