"""
A million rows to CSV and XLSX: seconds, and the most memory that a process took.

First rows out of nothing, then the report of every entry of the ledger, as a worker makes it.
"""

import json
import subprocess
import sys
from pathlib import Path

from bench.machine import BILLS_A_STATEMENT, Machine
from bench.report import Report
from config.stack.home import ROOT

ROWS = 1_000_000
MEMORY_MAX_MB = 150
PAID = Path(__file__).with_name("sql") / "paid.sql"

# Its own process for each: the peak of a process never falls again (getrusage, ru_maxrss).
BEGIN = """
import django, json, resource, sys, tempfile, time
django.setup()
began = time.perf_counter()
with tempfile.TemporaryFile() as file:
"""
END = """
    size = file.seek(0, 2)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": time.perf_counter() - began, "mb": peak, "size": size}))
"""
GENERATED = """
    from kernel import exports
    rows = exports.stream(
        "SELECT id, reference, currency, amount_minor, amount_minor, issued_at, 'Name =' || id"
        " FROM generate_series(1, %s) AS id,"
        " LATERAL (SELECT 'RF' || id AS reference, 'RWF' AS currency, id * 7 %% 90000 AS"
        " amount_minor, timestamptz '2026-11-23' + id * interval '1 s' AS issued_at) AS bill",
        [int(sys.argv[2])],
    )
    header = ["id", "reference", "currency", "amount", "amount_minor", "issued", "name"]
    if sys.argv[1] == "csv":
        for piece in exports.csv_rows(header, rows):
            file.write(piece)
    else:
        exports.xlsx_write(file, "Bills", header, rows)
"""
REPORTED = """
    from datetime import timedelta
    from django.utils import timezone
    from reports import writing
    from reports.asking import Asked, By, Format, Kind
    from reports.periods import between
    from reports.queries import Reach
    now = timezone.now()
    week = between((now - timedelta(days=4)).date(), (now + timedelta(days=1)).date())
    kind, by = (Kind.REVENUE, By.SERVICE) if sys.argv[1] == "pdf" else (Kind.LINES, By.LINE)
    asked = Asked(kind, by, week)
    writing.write(file, asked, Format(sys.argv[1]), Reach(country=True), at=now)
"""


def measure(ready: Machine, report: Report, *, rows: int = ROWS) -> None:
    for form in ("csv", "xlsx"):
        _one(ready, report, f"export to {form}", GENERATED, form, rows)
    _pay(ready)
    _one(ready, report, "entries of the ledger to csv", REPORTED, "csv", ready.bills.last)
    _one(ready, report, "revenue by service to pdf", REPORTED, "pdf", ready.bills.last)


def _one(ready: Machine, report: Report, what: str, work: str, form: str, rows: int) -> None:
    told = json.loads(
        subprocess.run(
            [sys.executable, "-c", BEGIN + work + END, form, str(rows)],
            cwd=ROOT,
            env=ready.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
    )
    note = f"{told['size'] / 2**20:.1f} MB file, {rows:,} rows"
    report.row(what, told["seconds"], "s", note)
    report.at_most(f"memory, {what}, MB", told["mb"], MEMORY_MAX_MB)


def _pay(ready: Machine) -> None:
    """Pay every bill at once, by no road: what is measured is how it is read."""
    with ready.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        for first in range(1, ready.bills.last + 1, BILLS_A_STATEMENT):
            last = min(first + BILLS_A_STATEMENT - 1, ready.bills.last)
            connection.execute(PAID.read_bytes(), {"first": first, "last": last})
        connection.execute("VACUUM (ANALYZE)")
