"""django-hordak behind the same server, beside the same PostgreSQL: see `bench/hordak`."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql

from bench.machine import SQL, Machine
from bench.numbers import Fresh
from bench.processes import running, wait_answers
from bench.product import HOST, WARM_UP_SECONDS, Books, Running
from config.stack.children import Child
from config.stack.home import ROOT
from config.stack.servers import free_port

DATABASE = "peer"
BOOKS = Books(
    database=DATABASE,
    counts="SELECT (SELECT count(*) FROM hordak_transaction), (SELECT count(*) FROM peer_outbox)",
    waits="SELECT false",
)


def prepare(machine: Machine, *, bills: int) -> Fresh:
    """Make the peer's database with as many bills; returns them."""
    with machine.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"],
        cwd=ROOT,
        env=_environment(machine),
        check=True,
    )
    with machine.connect(DATABASE) as connection:
        for statement in (SQL / "peer.sql").read_text().split(";\n")[:-1]:
            connection.execute(statement.encode(), {"bills": bills})
        connection.execute("VACUUM (ANALYZE)")
    return Fresh(bills)


@contextmanager
def peer(machine: Machine, bills: Fresh) -> Iterator[Running]:
    port = free_port()
    child = Child(
        name="hordak",
        command=[
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
            *("--host", HOST, "--port", str(port), "--workers", "2", "--blocking-threads", "4"),
            *("--workers-kill-timeout", "3", "--log-level", "warning"),
            "bench.hordak.wsgi:application",
        ],
        environment=_environment(machine),
        log=machine.folder / "hordak.log",
    )
    machine.settle()
    with running([child]) as roles:
        wait_answers(f"http://{HOST}:{port}/")
        up = Running(machine, port, roles | {"postgres": machine.postgres_pid}, bills, BOOKS)
        up.take(seconds=WARM_UP_SECONDS)
        yield up


def _environment(machine: Machine) -> dict[str, str]:
    return machine.environment | {
        "DJANGO_SETTINGS_MODULE": "bench.hordak.settings",
        "PEER_DATABASE_URL": machine.postgres.superuser_dsn(DATABASE),
        "PYTHONPATH": str(ROOT),
    }
