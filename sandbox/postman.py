"""
Tells Guichet what happened, as each provider would.

MTN tells once, whatever the answer. The bank signs and tells again until it hears 200. The SMS
gateway tries its receipt a few times.
"""

import asyncio
import contextlib
import hmac
import json
import secrets
import sqlite3
from hashlib import sha256
from typing import Any

import httpx

from sandbox.settings import Settings
from sandbox.store import Store, now

_TRIES_MAX = {"mtn": 1, "bank": None, "bank.forged": 1, "receipt": 6}
_BACKOFF_SECONDS = (1, 2, 5, 10, 20, 60)
_AT_ONCE_MAX = 16
_PAUSE_SECONDS = 0.2


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return "v1=<hex>": HMAC-SHA256 over the timestamp, a dot and the raw body."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


class Postman:
    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(10, connect=2), trust_env=False)
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

    async def ask_bank_inquiry(self, reference: str) -> dict[str, Any] | None:
        """Ask Guichet what a reference is for, as a bank does before it takes money."""
        url = f"{self._settings.guichet_url}/callbacks/{self._settings.bank_rail}/inquiry"
        body = json.dumps({"reference": reference}).encode()
        try:
            answer = await self._client.post(url, content=body, headers=self._signed(body))
            said = answer.json() if answer.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, ValueError):
            return None
        return said if isinstance(said, dict) else None

    async def close(self) -> None:
        await self._client.aclose()

    async def _deliver(self, row: sqlite3.Row) -> int:
        try:
            tries = row["tries"] + 1
            # Counted before the call: MTN's one delivery stays one over a restart.
            self._store.run("UPDATE delivery SET tries = ? WHERE id = ?", tries, row["id"])
            status = await self._send(row)
            most = _TRIES_MAX[row["kind"]]
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
        body = bytes(row["body"])
        headers = {"Content-Type": "application/json"}
        if row["kind"] == "bank":
            headers = self._signed(body)
        elif row["kind"] == "bank.forged":
            headers = self._signed(body, secret=secrets.token_hex(16))
        elif row["kind"] == "receipt":
            headers["Authorization"] = f"Bearer {self._settings.sms_receipt_token}"
        method = "PUT" if row["kind"] == "mtn" else "POST"
        try:
            answer = await self._client.request(method, row["url"], content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return 0
        return answer.status_code

    def _signed(self, body: bytes, secret: str | None = None) -> dict[str, str]:
        timestamp = str(int(now()))
        return {
            "Content-Type": "application/json",
            "X-Timestamp": timestamp,
            "X-Signature": signature(secret or self._settings.bank_secret, timestamp, body),
        }
