"""Servers for one run of the tests: fast, empty, gone afterwards."""

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config.stack.postgres import Postgres
from config.stack.roles import provision
from config.stack.valkey import Valkey

TEMPLATE = "guichet_template"
PREFIX = "guichet-test-"


def sweep() -> None:
    """Remove the folders of runs whose process was killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Start PostgreSQL and Valkey; yields the environment that tests find them by.

    GUICHET_TEST_SUPERUSER is the superuser's address of the still empty template database, which
    the first test that asks for a database migrates.
    """
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    # Where user namespaces are blocked PostgreSQL runs as nobody and has to pass through here.
    folder.chmod(0o711)
    postgres = Postgres(folder=folder / "postgres", password=secrets.token_hex(12), throwaway=True)
    broker = Valkey(folder=folder / "valkey", password=secrets.token_hex(12), throwaway=True)
    try:
        postgres.start()
        broker.start()
        logins = provision(
            postgres.superuser_dsn(),
            owner_password=secrets.token_hex(12),
            app_password=secrets.token_hex(12),
            database=TEMPLATE,
        )
        yield {
            "GUICHET_ENV": "test",
            "GUICHET_TEST_SUPERUSER": postgres.superuser_dsn(TEMPLATE),
            "DATABASE_URL": logins.app,
            "OWNER_DATABASE_URL": logins.owner,
            "REDIS_URL": broker.url(),
            "VAR_DIR": str(folder / "var"),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_KEY": secrets.token_hex(32),
            "AUDIT_KEY": secrets.token_hex(32),
        }
    finally:
        broker.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def of_worker(environment: dict[str, str], worker: str) -> dict[str, str]:
    """The same servers for one pytest worker ("main", "gw0", "gw1" ...): its own database, its
    own broker database, its own var folder."""
    number = int(worker.removeprefix("gw")) + 1 if worker.startswith("gw") else 0
    database = f"guichet_{worker}"
    return {
        "DATABASE_URL": _renamed(environment["DATABASE_URL"], database),
        "OWNER_DATABASE_URL": _renamed(environment["OWNER_DATABASE_URL"], database),
        "REDIS_URL": _renamed(environment["REDIS_URL"], str(number % 16)),  # It has sixteen.
        "VAR_DIR": str(Path(environment["VAR_DIR"]) / worker),
    }


def _renamed(url: str, database: str) -> str:
    return f"{url.rsplit('/', 1)[0]}/{database}"
