"""What PostgreSQL itself can do: pgbench, 16 clients, one statement a payment, fresh bills."""

import re
import resource

import psycopg

from bench.machine import SQL, Machine
from bench.numbers import Fresh
from bench.processes import Cpu, output, wheel_program
from config.stack.postgres import postgres_bin

CLIENTS = 16
# So many bills are put aside for a second of a floor.
BILLS_A_SECOND = {"thin": 30_000, "equal": 12_000}


def thin(machine: Machine, *, seconds: float) -> dict[str, float]:
    """Event, two lines, bill and outbox: the least that any payment service must write."""
    return _pgbench(machine, "thin", machine.thin_bills, seconds, {})


def equal(machine: Machine, *, seconds: float) -> dict[str, float]:
    """The product's own rows, constraints and triggers, in one statement."""
    with machine.connect() as connection:
        ids = connection.execute(
            "SELECT rail.id, clearing.id FROM payments_rail rail"
            " JOIN payments_ledger_account clearing"
            " ON clearing.rail_id = rail.id AND clearing.role = 'clearing'"
            " WHERE rail.code = 'bank-rw'"
        ).fetchone()
        before = _movements(connection)
        assert ids is not None
        told = _pgbench(
            machine, "equal", machine.bills, seconds, {"rail": ids[0], "clearing": ids[1]}
        )
        posted = _movements(connection) - before
    if posted != told["transactions"]:
        raise RuntimeError(f"pgbench ran {told['transactions']:.0f} and posted {posted}.")
    return told


def _movements(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM payments_movement").fetchone()
    return int(row[0]) if row else 0


def _pgbench(
    machine: Machine, name: str, bills: Fresh, seconds: float, more: dict[str, int]
) -> dict[str, float]:
    machine.settle()
    places = bills.take(int(BILLS_A_SECOND[name] * seconds))
    values = {"k": -1, "base": places.start, "first": bills.first, "bills": bills.bills, **more}
    command = [
        wheel_program("pgbench", postgres_bin()),
        *("-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(round(seconds))),
        *("-f", str(SQL / f"{name}.pgbench.sql")),
        *(word for key, value in values.items() for word in ("-D", f"{key}={value}")),
        machine.environment["DATABASE_URL"],
    ]
    cpu = Cpu.begin({"postgres": machine.postgres_pid})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = output(command, {"LC_ALL": "C"})
    spent = cpu.seconds()["postgres"]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    client = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    transactions = float(_number(r"transactions actually processed: (\d+)", said))
    if 2 * transactions > len(places):
        raise RuntimeError(f"The floor {name} ran out of fresh bills.")
    # Clients are not equally fast: the fastest is taken to be less than twice the average.
    bills.give_back(places.start + 2 * int(transactions))
    return {
        "a_second": float(_number(r"tps = ([\d.]+)", said)),
        "transactions": transactions,
        "cpu_ms": (spent + client) * 1000 / transactions,
    }


def _number(pattern: str, said: str) -> str:
    found = re.search(pattern, said)
    if found is None:
        raise RuntimeError(f"pgbench said: {said[-500:]}")
    return found[1]
