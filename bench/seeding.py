"""
Cases by the million, before the offices of a real country pack, with who applied and decides.

Without what no page of the queue reads: their history, their bills, their papers' files.
"""

import time

from bench.machine import SQL, Machine

CASES_A_STATEMENT = 250_000


def prepare(machine: Machine) -> None:
    """Load the pack, and make the officers of its offices."""
    machine.manage("load_country", "rw", GUICHET_AS_OWNER="1")
    with machine.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute((SQL / "desk_staff.sql").read_bytes())
        # The servers' usual 8 GB of log would be most of the disk that ten million cases take.
        connection.execute("ALTER SYSTEM SET max_wal_size = '2GB'")
        connection.execute("SELECT pg_reload_conf()")


def more_cases(machine: Machine, *, made: int, until: int) -> float:
    """
    Make cases `made` + 1 to `until` with their applicants; return how many seconds it took.

    Indexes that keep no rule are dropped meanwhile and made again, as a restore would.
    """
    began = time.monotonic()
    with machine.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '512MB'")
        indexes = connection.execute(
            "SELECT i.indexname, i.indexdef FROM pg_indexes i"
            " WHERE i.tablename IN ('applications_application', 'accounts_person')"
            " AND i.schemaname = 'public' AND NOT EXISTS ("
            "  SELECT FROM pg_constraint c WHERE c.conindid = (quote_ident(i.indexname))::regclass)"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"'.encode())
        text = (SQL / "desk.sql").read_bytes()
        for first in range(made + 1, until + 1, CASES_A_STATEMENT):
            last = min(first + CASES_A_STATEMENT - 1, until)
            connection.execute(text, {"first": first, "last": last})
        for _, definition in indexes:
            connection.execute(definition.encode())
        connection.execute("SELECT applications_count_anew()")
        for table in ("applications_application", "accounts_person", "accounts_contactpoint",
                      "accounts_account"):  # fmt: skip
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            connection.execute(f"SELECT setval({sequence}, max(id)) FROM {table}".encode())
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    return time.monotonic() - began
