"""What the sandbox remembers over a restart: one SQLite file, one writer, short transactions."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    key TEXT PRIMARY KEY, provider_id TEXT NOT NULL, msisdn TEXT NOT NULL, text TEXT NOT NULL,
    status TEXT NOT NULL, at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS message_by_phone ON message (msisdn, at);
CREATE TABLE IF NOT EXISTS prompt (
    reference_id TEXT PRIMARY KEY, msisdn TEXT NOT NULL, amount TEXT NOT NULL,
    currency TEXT NOT NULL, external_id TEXT NOT NULL, payer_message TEXT NOT NULL,
    payee_note TEXT NOT NULL, callback_url TEXT NOT NULL, status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '', financial_id TEXT NOT NULL DEFAULT '',
    wrong_pins INTEGER NOT NULL DEFAULT 0, at REAL NOT NULL, expires_at REAL NOT NULL,
    network TEXT NOT NULL DEFAULT 'mtn'
);
CREATE INDEX IF NOT EXISTS prompt_by_phone ON prompt (msisdn, at);
CREATE INDEX IF NOT EXISTS prompt_pending ON prompt (expires_at) WHERE status = 'PENDING';
CREATE TABLE IF NOT EXISTS wallet (msisdn TEXT PRIMARY KEY, balance TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payment (
    id TEXT PRIMARY KEY, msisdn TEXT NOT NULL, reference TEXT NOT NULL, amount TEXT NOT NULL,
    currency TEXT NOT NULL, channel TEXT NOT NULL, service TEXT NOT NULL, at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS payment_by_phone ON payment (msisdn, at);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, url TEXT NOT NULL,
    body BLOB NOT NULL, due_at REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    last_status INTEGER NOT NULL DEFAULT 0, done_at REAL
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due_at) WHERE done_at IS NULL;
CREATE TABLE IF NOT EXISTS token (token TEXT PRIMARY KEY, expires_at REAL NOT NULL);
"""


class NotEnoughFunds(Exception):
    """The wallet holds less than is asked."""


class Store:
    def __init__(self, folder: Path, schemas: Iterable[str] = ()) -> None:
        """:param schemas: of the twins: what they remember themselves"""
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            folder / "sandbox.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        for schema in (SCHEMA, *schemas):
            self._connection.executescript(schema)
        self._add_network()

    def _add_network(self) -> None:
        # A sandbox that has been running since before there were several networks.
        if "network" not in {row["name"] for row in self.rows("PRAGMA table_info(prompt)")}:
            self.run("ALTER TABLE prompt ADD COLUMN network TEXT NOT NULL DEFAULT 'mtn'")

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all or nothing. Never await inside: one connection serves every request."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        return found

    def run(self, query: str, *values: Any) -> int:
        """Return how many rows the statement changed."""
        return self._connection.execute(query, values).rowcount

    # --- wallets ---------------------------------------------------------------------------

    def balance(self, msisdn: str, opening: int) -> Decimal:
        self.run("INSERT OR IGNORE INTO wallet VALUES (?, ?)", msisdn, str(opening))
        found = self.row("SELECT balance FROM wallet WHERE msisdn = ?", msisdn)
        return Decimal(found["balance"]) if found else Decimal(0)

    def take(self, msisdn: str, amount: Decimal, opening: int) -> None:
        """
        Take the amount from the wallet; call inside a transaction.

        :raises NotEnoughFunds: if it holds less
        """
        left = self.balance(msisdn, opening) - amount
        if left < 0:
            raise NotEnoughFunds
        self.run("UPDATE wallet SET balance = ? WHERE msisdn = ?", str(left), msisdn)

    def top_up(self, msisdn: str, amount: Decimal, opening: int) -> Decimal:
        """Put money into the wallet, outside a transaction, and return the new balance."""
        with self.transaction():
            total = self.balance(msisdn, opening) + amount
            self.run("UPDATE wallet SET balance = ? WHERE msisdn = ?", str(total), msisdn)
        return total

    # --- what must still be told to Guichet --------------------------------------------------

    def post(self, *, kind: str, subject: str, url: str, body: bytes, due_at: float) -> int:
        """Queue one delivery and return its id; inside a transaction it is queued with the rest."""
        cursor = self._connection.execute(
            "INSERT INTO delivery (kind, subject, url, body, due_at) VALUES (?, ?, ?, ?, ?)",
            (kind, subject, url, body, due_at),
        )
        return int(cursor.lastrowid or 0)


def now() -> float:
    return time.time()
