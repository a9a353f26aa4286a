"""A throwaway PostgreSQL that is as durable as a real one, a broker, and bills by the million."""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.numbers import Fresh
from config.stack.home import ROOT
from config.stack.postgres import Postgres
from config.stack.roles import provision
from config.stack.valkey import Valkey

SQL = Path(__file__).with_name("sql")
BILLS_A_STATEMENT = 100_000
# What an operator of a small machine would set; floors, peer and product share it. Commits are
# flushed to disk (fsync, synchronous_commit), as the answers promise.
SETTINGS = {
    "shared_buffers": "1GB",
    "effective_cache_size": "8GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
}


@dataclass
class Machine:
    folder: Path
    postgres: Postgres
    environment: dict[str, str]
    bills: Fresh
    thin_bills: Fresh
    secret: str
    peer_environment: dict[str, str] = field(default_factory=dict)

    @property
    def postgres_pid(self) -> int:
        assert self.postgres.process is not None
        return self.postgres.process.pid

    def connect(self, database: str = "guichet") -> psycopg.Connection:
        """As the superuser, committing at once."""
        return psycopg.connect(self.postgres.superuser_dsn(database), autocommit=True)

    def settle(self) -> None:
        """What a round has left to be written must not burden the next."""
        with self.connect() as connection:
            connection.execute("CHECKPOINT")
        time.sleep(0.5)

    def manage(self, *arguments: str, **environment: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.environment, **environment},
            check=True,
        )


@contextlib.contextmanager
def machine(*, bills: int) -> Iterator[Machine]:
    """Start the servers, migrate, make the bills; everything is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="guichet-bench-"))
    folder.chmod(0o711)
    postgres = Postgres(
        folder=folder / "postgres", password=secrets.token_hex(12), settings=SETTINGS
    )
    broker = Valkey(folder=folder / "valkey", password=secrets.token_hex(12), throwaway=True)
    try:
        postgres.start()
        broker.start()
        made = _environment(folder, postgres, broker)
        made.manage("migrate", "--no-input", "--verbosity", "0", GUICHET_AS_OWNER="1")
        with made.connect() as connection:
            connection.execute((SQL / "world.sql").read_bytes())
        more_bills(made, bills)
        yield made
    finally:
        broker.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def more_bills(made: Machine, bills: int) -> None:
    """Make bills until there are so many; from now on those are paid that are new."""
    first = made.bills.last + 1
    with made.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        for name in ("bills", "thin_bills"):
            text = (SQL / f"{name}.sql").read_bytes()
            for one in range(first, bills + 1, BILLS_A_STATEMENT):
                last = min(one + BILLS_A_STATEMENT - 1, bills)
                connection.execute(text, {"first": one, "last": last})
        for table in ("payments_bill", "payments_bill_line"):
            connection.execute(f"SELECT setval('{table}_id_seq', {bills})".encode())
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    new = bills - first + 1
    made.bills, made.thin_bills = Fresh(new, first), Fresh(new, first)


def _environment(folder: Path, postgres: Postgres, broker: Valkey) -> Machine:
    logins = provision(
        postgres.superuser_dsn(),
        owner_password=secrets.token_hex(12),
        app_password=secrets.token_hex(12),
    )
    bank = secrets.token_hex(32)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
        "GUICHET_ENV": "development",
        "COUNTRY": "rw",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": logins.app,
        "OWNER_DATABASE_URL": logins.owner,
        "REDIS_URL": broker.url(),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEY": secrets.token_hex(32),
        "BANK_SECRET": bank,
    }
    return Machine(
        folder=folder,
        postgres=postgres,
        environment=environment,
        bills=Fresh(0),
        thin_bills=Fresh(0),
        secret=bank,
    )
