"""The finance desk's pages over a ledger of millions: one officer who asks again and again."""

import time

from bench.machine import SQL, Machine
from bench.report import Report
from bench.web import Answers, web

MOVEMENTS = 5_000_000
OPEN_ITEMS = 50_000
DAYS = 180
# What half a minute of the highest load leaves between two roll-ups.
UNROLLED = 20_000
A_STATEMENT = 250_000
P99_MS_MAX = 100.0
PAGES = {
    "board": "/desk/money/board/",
    "board, its live region": "/desk/money/board/now/",
    "queue of what did not match": "/desk/money/suspense/",
}

# Makes an officer who may see the money, signs her in, and says her cookie.
OFFICER = """
import django
django.setup()
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from accounts.models import Account, Grant, Person
now = timezone.now()
people = [
    Account.objects.create(
        kind="staff", login=name, email=name,
        person=Person.objects.create(family_name=name, given_names=name),
    )
    for name in ("desk@bench.example", "giver@bench.example", "confirmer@bench.example")
]
holder, giver, confirmer = people
# Rights come from rights: the two who give the others theirs hold this one for a second.
for account, act, by in ((giver, "rights.give", confirmer), (confirmer, "rights.confirm", giver)):
    Grant.objects.create(account=account, act=act, from_at=now, until_at=now + timedelta(seconds=1),
        given_by=by, given_at=now, confirmed_by=holder, confirmed_at=now)
for act in ("money.view", "match.ask"):
    Grant.objects.create(account=holder, act=act, from_at=now, given_by=giver, given_at=now,
        confirmed_by=confirmer, confirmed_at=now)
browser = Client()
browser.force_login(holder)
print("; ".join(f"{name}={one.value}" for name, one in browser.cookies.items()))
"""


def measure(machine: Machine, report: Report, *, movements: int = MOVEMENTS) -> None:
    """Fill the ledger, roll it up, ask; then once more with journals that are not rolled up."""
    began = time.monotonic()
    _fill(machine, movements)
    filled = time.monotonic()
    with machine.connect() as connection:
        connection.execute("SELECT payments_roll_up(now())")
        rolled = time.monotonic()
        connection.execute("VACUUM (ANALYZE)")
    report.row("board: a million movements made", (filled - began) / movements * 1e6, "s")
    report.row("board: a million movements rolled up", (rolled - filled) / movements * 1e6, "s")
    machine.settle()
    with web(machine, OFFICER) as desk:
        for name, path in PAGES.items():
            _say(report, name, desk.ask(path), movements)
        _fill(machine, UNROLLED)
        unrolled = f"board, {UNROLLED:,} journals not rolled up"
        _say(report, unrolled, desk.ask(PAGES["board"]), movements)


def _say(report: Report, name: str, answers: Answers | None, movements: int) -> None:
    if answers is None:
        print(f"{name}: there is no such page")
        return
    cpu = " + ".join(f"{role} {value:.1f}" for role, value in answers.cpu_ms.items())
    note = f"p99 {answers.p99_ms:.1f}, max {answers.max_ms:.1f}; {answers.queries:.0f} queries"
    report.row(f"{name}, p50", answers.p50_ms, "ms", f"{note}; CPU ms: {cpu}")
    report.at_most(f"{name}: p99 ms, {movements:,} movements", answers.p99_ms, P99_MS_MAX)


def _fill(machine: Machine, movements: int) -> None:
    with machine.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "INSERT INTO payments_ledger_day (day, closed_at)"
            " SELECT day::date, CASE WHEN day < now() - interval '2 days' THEN now() END"
            " FROM generate_series(now() - %s * interval '1 day', now(), interval '1 day') day"
            " ON CONFLICT DO NOTHING",
            [DAYS + 1],
        )
        last = connection.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM payments_movement),"
            " (SELECT coalesce(max(id), 0) FROM payments_journal)"
        ).fetchone()
        assert last is not None
        values = {
            "of": movements,
            "days": DAYS if movements > UNROLLED else 0,
            "open_every": max(2, movements // OPEN_ITEMS) if movements > UNROLLED else movements,
            "bills": machine.bills.last,
            "movement": last[0],
            "journal": last[1],
        }
        text = (SQL / "board.sql").read_bytes()
        for first in range(1, movements + 1, A_STATEMENT):
            end = min(first + A_STATEMENT - 1, movements)
            connection.execute(text, values | {"first": first, "last": end})
        for table in ("payments_movement", "payments_journal"):
            connection.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}".encode())
