"""An empty database made ready: our tables, the reference rows, and this process speaking to it."""

from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

# What the books stand on and do not tell of themselves, in the order of their foreign keys.
REFERENCE = (
    "places_area",
    "places_agency",
    "places_beneficiary",
    "places_office",
    "accounts_person",
    "accounts_contactpoint",
    "accounts_account",
    "payments_rail",
    "payments_ledger_account",
    "payments_settlement_account",
    "payments_sweep_account",
    "payments_move",
    "payments_move_end",
)
# What was held to a reference row or a rule of the pack as it was then, and not as it became.
_HELD_TO_REFERENCE = (
    ("payments_remittance", "remittance_to_the_account_in_force"),
    ("payments_release", "write_off_within_its_limit"),
    ("payments_release", "unclaimed_after_its_term"),
    ("payments_explanation", "explanation_is_allowed"),
    ("payments_refund", "refund_within_limits"),
    ("payments_remittance", "remittance_within_limits"),
)


class NotEmpty(Exception):
    """The database that is to be filled holds something already."""


def speak_to(url: str) -> None:
    """Let this process's own connection be one to another database."""
    parts = conninfo_to_dict(url)
    connection.close()
    connection.settings_dict.update(
        NAME=parts["dbname"],
        USER=parts.get("user", ""),
        PASSWORD=parts.get("password", ""),
        HOST=parts.get("host", ""),
        PORT=str(parts.get("port", "")),
    )
    connection.settings_dict["OPTIONS"].pop("pool", None)


def prepare(source: psycopg.Connection[Any], target_url: str) -> None:
    """
    Migrate the empty database and copy what the books stand on.

    :raises NotEmpty: if there are tables in it
    """
    with psycopg.connect(target_url, autocommit=True) as target:
        tables = target.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
        if tables != (0,):
            raise NotEmpty
    speak_to(target_url)
    call_command("migrate", verbosity=0, interactive=False)
    # Statement by statement: a table with deferred checks pending cannot be altered.
    with psycopg.connect(target_url, autocommit=True) as target:
        for table in REFERENCE:
            _copy(source, target, table)
        for table, trigger in _HELD_TO_REFERENCE:
            target.execute(
                sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(
                    sql.Identifier(table), sql.Identifier(trigger)
                )
            )
        _copy_days(source, target)


def _copy(source: psycopg.Connection[Any], target: psycopg.Connection[Any], table: str) -> None:
    name = sql.Identifier(table)
    # They were held to their rules where they come from.
    target.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
    columns = [
        column.name
        for column in source.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(name)).description
        or ()
    ]
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    copy_out = sql.SQL("COPY (SELECT {} FROM {} ORDER BY id) TO STDOUT (FORMAT binary)")
    copy_in = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)")
    with (
        source.cursor().copy(copy_out.format(listed, name)) as out,
        target.cursor().copy(copy_in.format(name, listed)) as into,
    ):
        for block in out:
            into.write(block)
    target.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))
    target.execute(
        sql.SQL(
            "SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) + 1 FROM {}))"
        ).format(sql.Literal(table), name)
    )


def _copy_days(source: psycopg.Connection[Any], target: psycopg.Connection[Any]) -> None:
    """Open the same days; they are closed again when their time comes."""
    days = source.execute("SELECT day FROM payments_ledger_day").fetchall()
    target.cursor().executemany(
        "INSERT INTO payments_ledger_day (day) VALUES (%s) ON CONFLICT DO NOTHING", days
    )
    # A close stands on its sheet and its signatures, which are not played.
    target.execute("ALTER TABLE payments_ledger_day DISABLE TRIGGER USER")
