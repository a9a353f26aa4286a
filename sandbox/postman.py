"""
Tells Guichet what happened, as each provider would.

How often and how signed, the provider's twin says: MTN tells once, whatever the answer; the bank
signs and tells again until it hears 200. The SMS gateway tries its receipt a few times.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Mapping

import httpx
from starlette.applications import Starlette

from sandbox.settings import Settings
from sandbox.store import Store, now
from sandbox.twins import Outgoing, Twin

_RECEIPT = "receipt"
_RECEIPT_TRIES_MAX = 6
_BACKOFF_SECONDS = (1, 2, 5, 10, 20, 60)
_AT_ONCE_MAX = 16
_PAUSE_SECONDS = 0.2


class Postman:
    def __init__(self, app: Starlette) -> None:
        self._app = app
        self._settings: Settings = app.state.settings
        self._store: Store = app.state.store
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(10, connect=2),
            trust_env=False,
            verify=self._settings.believed(),
        )
        self._wake = asyncio.Event()
        self._out: set[int] = set()
        self._tasks: set[asyncio.Task[int]] = set()

    async def run(self) -> None:
        """Deliver what is due, for as long as the process lives."""
        while True:
            due = self._store.rows(
                "SELECT * FROM delivery WHERE done_at IS NULL AND due_at <= ? ORDER BY due_at",
                now(),
            )
            for row in due:
                if row["id"] not in self._out and len(self._out) < _AT_ONCE_MAX:
                    self._out.add(row["id"])
                    task = asyncio.create_task(self._deliver(row))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE_SECONDS):
                    await self._wake.wait()
            self._wake.clear()

    def hurry(self) -> None:
        self._wake.set()

    async def deliver(self, delivery_id: int) -> int:
        """Deliver this one now and return the answer's status, 0 if there was none."""
        row = self._store.row("SELECT * FROM delivery WHERE id = ?", delivery_id)
        if row is None or delivery_id in self._out:
            return 0
        self._out.add(delivery_id)
        return await self._deliver(row)

    async def ask(
        self, path: str, *, body: bytes, headers: Mapping[str, str]
    ) -> httpx.Response | None:
        """Put a question to a door of Guichet's, as a provider does before it takes money."""
        url = f"{self._settings.callbacks_url}/callbacks/{path}"
        try:
            return await self._client.post(url, content=body, headers=dict(headers))
        except httpx.HTTPError:
            return None

    async def close(self) -> None:
        await self._client.aclose()

    async def _deliver(self, row: sqlite3.Row) -> int:
        try:
            tries = row["tries"] + 1
            # Counted before the call: MTN's one delivery stays one over a restart.
            self._store.run("UPDATE delivery SET tries = ? WHERE id = ?", tries, row["id"])
            status = await self._send(row)
            most = self._tries_max(row["kind"])
            done = 200 <= status < 300 or (most is not None and tries >= most)
            wait = _BACKOFF_SECONDS[min(tries, len(_BACKOFF_SECONDS)) - 1]
            self._store.run(
                "UPDATE delivery SET last_status = ?, done_at = ?, due_at = ? WHERE id = ?",
                status,
                now() if done else None,
                now() + wait,
                row["id"],
            )
            return status
        finally:
            self._out.discard(row["id"])

    async def _send(self, row: sqlite3.Row) -> int:
        how = self._outgoing(row)
        headers = {"Content-Type": "application/json", **how.headers}
        try:
            answer = await self._client.request(
                how.method, row["url"], content=bytes(row["body"]), headers=headers
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            return 0
        return answer.status_code

    def _outgoing(self, row: sqlite3.Row) -> Outgoing:
        if row["kind"] == _RECEIPT:
            return Outgoing(headers={"Authorization": f"Bearer {self._settings.sms_receipt_token}"})
        twin = self._twin(row["kind"])
        return twin.outgoing(self._app, row) if twin.outgoing else Outgoing()

    def _tries_max(self, kind: str) -> int | None:
        return _RECEIPT_TRIES_MAX if kind == _RECEIPT else self._twin(kind).tries[kind]

    def _twin(self, kind: str) -> Twin:
        twins: dict[str, Twin] = self._app.state.twins
        return twins[kind.split(".")[0]]
