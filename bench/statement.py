"""A statement of 100,000 lines against all the bills: from the file to the postings."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.machine import SQL, Machine
from bench.numbers import amount_minor, reference
from bench.processes import Cpu
from bench.report import Report
from config.stack.home import ROOT

LINES = 100_000
ACCOUNT = "BANK-RW-001"  # The usual one of bank-rw outside production.
TIMES_THE_SQL_MAX = 1.5
MEGABYTES_MAX = 400.0
AGAIN_MAX = 0.5


def measure(machine: Machine, report: Report, *, lines: int = LINES) -> None:
    """Bare SQL first, then the product, then the product once more with what it knows."""
    bare = _bare(machine, _lines(machine, lines))
    machine.settle()
    mine = _lines(machine, lines)
    file = _write(machine.folder / "statement.xml", mine, number=1)
    first = _import(machine, file, lines)
    again = _import(machine, file, 0)
    # The same bookings under another name and number, as banks send them: an overlap.
    overlap = _write(machine.folder / "overlap.xml", mine, number=1, message="SENT AGAIN")
    overlapping = _import(machine, overlap, 0)
    report.row(f"{lines:,} lines, bare set-based SQL", bare.seconds, "s", bare.cpu)
    report.row(
        f"{lines:,} lines, file to posted",
        first.seconds,
        "s",
        f"{first.cpu}, starting included; {first.megabytes:.0f} MB at most",
    )
    report.row("the same file again", again.seconds, "s", f"nothing posted; {again.cpu}")
    report.row("the same lines in another file", overlapping.seconds, "s", overlapping.cpu)
    report.at_most("statement: times the bare SQL", first.seconds / bare.seconds, TIMES_THE_SQL_MAX)
    report.at_most("statement: memory, MB", first.megabytes, MEGABYTES_MAX)
    report.at_most("statement: again, of the first time", again.seconds / first.seconds, AGAIN_MAX)
    report.at_most(
        "statement: overlap, of the first time", overlapping.seconds / first.seconds, AGAIN_MAX
    )


Line = tuple[str, str, int, datetime]


@dataclass(frozen=True)
class Cost:
    """`seconds` by the clock, those of processors, and the importing process's memory at most."""

    seconds: float
    postgres_cpu: float
    python_cpu: float = 0.0
    megabytes: float = 0.0

    @property
    def cpu(self) -> str:
        return f"CPU s: postgres {self.postgres_cpu:.1f} + python {self.python_cpu:.1f}"


def _lines(machine: Machine, lines: int) -> list[Line]:
    booked = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    found = []
    for place in machine.bills.take(lines):
        bill = machine.bills.bill(place)
        found.append((f"S{bill:012d}", reference(bill), amount_minor(bill), booked))
    return found


def _bare(machine: Machine, lines: list[Line]) -> Cost:
    machine.settle()
    with machine.connect() as connection:
        row = connection.execute(
            "SELECT rail.id, clearing.id FROM payments_rail rail"
            " JOIN payments_ledger_account clearing"
            " ON clearing.rail_id = rail.id AND clearing.role = 'clearing'"
            " WHERE rail.code = 'bank-rw'"
        ).fetchone()
        assert row is not None
        ids = {"rail": row[0], "clearing": row[1]}
        connection.execute("SET jit = off")
        # The checks of foreign keys keep the plan that they made while the tables were empty.
        connection.execute("SET enable_seqscan = off")
        cpu, began = Cpu.begin({"postgres": machine.postgres_pid}), time.monotonic()
        with connection.transaction():
            connection.execute(
                "CREATE TEMPORARY TABLE line (external_id text, reference text,"
                " amount_minor bigint, occurred_at timestamptz) ON COMMIT DROP"
            )
            with connection.cursor().copy("COPY line FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
            connection.execute("ANALYZE line")
            text = (SQL / "bare_statement.sql").read_bytes()
            done = connection.execute(text, ids).rowcount
        seconds = time.monotonic() - began
        spent = cpu.seconds()["postgres"]
    if done != len(lines):
        raise RuntimeError(f"The bare SQL paid {done} of {len(lines)} bills.")
    return Cost(seconds, spent)


def _write(file: Path, lines: list[Line], *, number: int, message: str = "FIRST") -> Path:
    with file.open("w", encoding="utf-8") as out:
        out.writelines(_camt(lines, number, message))
    return file


def _camt(lines: list[Line], number: int, message: str) -> Iterator[str]:
    """camt.053.001.08 as a bank writes it: each booking with its details and its remittance."""
    now = datetime.now(UTC)
    day, closing = now.date().isoformat(), sum(amount for _, _, amount, _ in lines)
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{now.isoformat()}</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>"
        f"<CreDtTm>{now.isoformat()}</CreDtTm>"
        f"<Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id><Ccy>RWF</Ccy></Acct>"
    )
    for code, amount in (("OPBD", 0), ("CLBD", closing)):
        yield (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="RWF">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
            f"<Dt><Dt>{day}</Dt></Dt></Bal>\n"
        )
    for external_id, digits, amount, booked in lines:
        yield (
            f'<Ntry><Amt Ccy="RWF">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
            f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>{booked.isoformat()}</DtTm></BookgDt>"
            f"<ValDt><Dt>{booked.date().isoformat()}</Dt></ValDt>"
            f"<AcctSvcrRef>{external_id}</AcctSvcrRef>"
            "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>"
            "</Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
            f'<Amt Ccy="RWF">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
            "<RltdPties><Dbtr><Pty><Nm>A PAYER</Nm></Pty></Dbtr></RltdPties>"
            f"<RmtInf><Ustrd>BILL {digits}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
        )
    yield "</Stmt></BkToCstmrStmt></Document>\n"


def _import(machine: Machine, file: Path, expected: int) -> Cost:
    """
    Import it as the operator does.

    :raises RuntimeError: if it posted something else than so many movements
    """
    with machine.connect() as connection:
        count = "SELECT count(*) FROM payments_movement"
        before = connection.execute(count).fetchone()
        cpu, began = Cpu.begin({"postgres": machine.postgres_pid}), time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "manage.py", "import_statement", str(file), "--rail", "bank-rw"],
            cwd=ROOT,
            env=machine.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds, spent = time.monotonic() - began, cpu.seconds()["postgres"]
        after = connection.execute(count).fetchone()
    process.returncode = os.waitstatus_to_exitcode(status)
    assert before is not None
    assert after is not None
    if process.returncode != 0 or after[0] - before[0] != expected:
        raise RuntimeError(
            f"{after[0] - before[0]} movements instead of {expected}: {said[-1500:]}"
        )
    python = usage.ru_utime + usage.ru_stime
    return Cost(seconds, spent, python, megabytes=usage.ru_maxrss / 1024)
