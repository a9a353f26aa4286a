"""What happened, in its order, as the books that are replayed tell it."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from heapq import merge
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

_FETCH = 1000


class Fact(NamedTuple):
    """
    One thing that happened: `act` names what `acting` does with `row`.

    Facts of one moment keep the order of their acts: a bill stands before money comes for it.
    """

    at: datetime
    rank: int
    number: int
    act: str
    row: Row


# By act: a query for `at`, `number` and what the act needs. Rows of tables travel as jsonb.
_QUERIES: dict[str, str] = {
    "issue_bill": """
        SELECT b.issued_at AS at, b.id AS number, to_jsonb(b) AS bill,
            (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.line_no)
             FROM payments_bill_line l WHERE l.bill_id = b.id) AS lines,
            EXISTS (
                SELECT FROM payments_allocation a JOIN payments_bill_line l ON l.id = a.line_id
                WHERE l.bill_id = b.id
            ) AS was_paid
        FROM payments_bill b""",
    "ask_payer": """
        SELECT t.created_at AS at, t.id AS number, to_jsonb(t) AS attempt
        FROM payments_payment_attempt t""",
    # Bills that people or time have ended; what money did to them follows from the money.
    "end_bill": """
        SELECT e.occurred_at AS at, e.id AS number,
            (e.payload ->> 'subject_id')::bigint AS bill_id,
            upper(split_part(e.name, '.', 3)) AS state, b.successor_id
        FROM kernel_event e
        JOIN payments_bill b ON b.id = (e.payload ->> 'subject_id')::bigint
        WHERE e.name IN ('payments.bill.expired', 'payments.bill.cancelled',
                         'payments.bill.replaced', 'payments.bill.owed')""",
    # A message is read when the first movement that it tells is posted, and again when one that
    # waited for its original is. What was only a hint was never read, and is not read now.
    "hear": """
        WITH posted AS (
            SELECT e.source_id AS message_id, j.posted_at
            FROM payments_evidence e
            JOIN payments_movement m ON m.id = e.movement_id
            JOIN payments_journal j ON j.subject_id = m.id
                AND j.kind = CASE m.leg
                    WHEN 'credit' THEN 'collection' WHEN 'remittance' THEN 'remitted' ELSE m.leg
                END
            WHERE e.source = 'message' AND j.posted_at >= e.source_at
            GROUP BY 1, 2
        )
        SELECT coalesce(posted.posted_at, aside.read_at, m.received_at) AS at, m.id AS number,
            m.received_at, posted.posted_at IS NOT DISTINCT FROM max(posted.posted_at) OVER (
                PARTITION BY m.id
            ) AS is_last
        FROM payments_inbound_message m
        LEFT JOIN posted ON posted.message_id = m.id
        LEFT JOIN payments_unposted_message aside ON aside.message_id = m.id
        WHERE posted.message_id IS NOT NULL OR aside.message_id IS NOT NULL OR EXISTS (
            SELECT FROM payments_evidence e
            WHERE e.source = 'message' AND e.source_id = m.id
        )""",
    "import_statement": """
        SELECT DISTINCT s.posted_at AS at, s.file_id AS number
        FROM payments_statement s WHERE s.posted_at IS NOT NULL""",
    "find_originals": """
        SELECT DISTINCT j.posted_at AS at, 0 AS number
        FROM payments_statement_line l
        JOIN payments_statement s ON s.id = l.statement_id
        JOIN payments_evidence e ON e.source = 'statement' AND e.source_id = l.id
        JOIN payments_movement m ON m.id = e.movement_id
        JOIN payments_journal j ON j.subject_id = m.id AND j.kind = m.leg
        WHERE j.posted_at > s.posted_at AND l.is_reversal""",
    "open_refund": """
        SELECT coalesce(f.proposed_at, f.requested_at) AS at, f.id AS number, to_jsonb(f) AS refund,
            rail.code AS rail_code, m.external_id
        FROM payments_refund f
        JOIN payments_movement m ON m.id = f.movement_id
        JOIN payments_rail rail ON rail.id = m.rail_id""",
    "prove_payee": """
        SELECT p.confirmed_at AS at, p.id AS number, to_jsonb(p) AS payee
        FROM payments_payee p WHERE p.confirmed_at IS NOT NULL""",
    "move_refund": """
        SELECT coalesce(j.posted_at, e.occurred_at) AS at, e.id AS number, f.id AS refund_id,
            e.name, to_jsonb(f) AS refund, p.paid_by_id, p.paid_at
        FROM kernel_event e
        JOIN payments_refund f ON f.id = (e.payload ->> 'subject_id')::bigint
        LEFT JOIN payments_payee p ON p.refund_id = f.id
        LEFT JOIN payments_journal j ON j.subject_id = f.id AND j.kind = CASE e.name
            WHEN 'payments.refund.failed' THEN 'refund_returned' END
        WHERE e.name LIKE 'payments.refund.%'
          AND e.name NOT IN ('payments.refund.proposed', 'payments.refund.done')""",
    "build_remittance": """
        SELECT r.built_at AS at, r.id AS number, to_jsonb(r) AS batch, payable.id AS payable_id
        FROM payments_remittance r
        JOIN payments_ledger_account payable ON payable.role = 'payable'
            AND (payable.beneficiary_id, payable.currency) = (r.beneficiary_id, r.currency)""",
    # That it is confirmed follows from the money; that it is returned, has failed or was cancelled
    # after its approval, from what two people decide.
    "move_remittance": """
        SELECT e.occurred_at AS at, e.id AS number, r.id AS remittance_id, e.name,
            to_jsonb(r) AS batch
        FROM kernel_event e
        JOIN payments_remittance r ON r.id = (e.payload ->> 'subject_id')::bigint
        WHERE e.name LIKE 'payments.remittance.%'
          AND e.name NOT IN ('payments.remittance.built', 'payments.remittance.confirmed',
                             'payments.remittance.failed', 'payments.remittance.returned')
          AND NOT (e.name = 'payments.remittance.cancelled' AND r.approved_at IS NOT NULL)""",
    "open_set": """
        SELECT s.asked_at AS at, s.id AS number, to_jsonb(s) AS set, m.external_id,
            rail.code AS rail_code
        FROM payments_match_set s
        LEFT JOIN payments_movement m ON m.id = s.movement_id
        LEFT JOIN payments_rail rail ON rail.id = m.rail_id""",
    "close_day": """
        SELECT d.closed_at AS at, 0 AS number, d.day
        FROM payments_ledger_day d WHERE d.closed_at IS NOT NULL""",
}

# What two people decide and is posted when they have: table, when asked, when decided, and whether
# the decision was yes.
DECIDED: dict[str, tuple[str, str, str]] = {
    "payments_match": ("asked_at", "decided_at", "approved"),
    "payments_float_top_up": ("asked_at", "confirmed_at", "true"),
    "payments_explanation": ("asked_at", "decided_at", "approved"),
    # After them: of a debit that two people called a sweep, the arrival is released.
    "payments_release": ("asked_at", "decided_at", "approved"),
    "payments_remittance_refusal": ("asked_at", "decided_at", "approved"),
}

# Movements have other numbers in the replay: each is known by what its rail calls it.
_OF_ITS_MOVEMENT = (
    "m.external_id, m.leg, rail.code AS rail_code",
    (
        " JOIN payments_movement m ON m.id = t.movement_id"
        " JOIN payments_rail rail ON rail.id = m.rail_id"
    ),
)
_NAMED: dict[str, tuple[str, str]] = {
    "payments_float_top_up": ("NULL", ""),
    "payments_remittance_refusal": (
        "to_jsonb(report) AS report",
        " LEFT JOIN payments_remittance_report report ON report.id = t.report_id",
    ),
    "payments_release": (
        (
            f"{_OF_ITS_MOVEMENT[0]}, sweep.external_id AS sweep, sweep.leg AS sweep_leg,"
            " swept.code AS swept_from"
        ),
        (
            f"{_OF_ITS_MOVEMENT[1]}"
            " LEFT JOIN payments_movement sweep ON sweep.id = t.sweep_id"
            " LEFT JOIN payments_rail swept ON swept.id = sweep.rail_id"
        ),
    ),
    "payments_explanation": (
        (
            f"{_OF_ITS_MOVEMENT[0]}, original.external_id AS original,"
            " transfer.external_id AS transfer, arrived.code AS arrived_at"
        ),
        (
            f"{_OF_ITS_MOVEMENT[1]}"
            " LEFT JOIN payments_movement original ON original.id = t.original_id"
            " LEFT JOIN payments_movement transfer ON transfer.id = t.transfer_id"
            " LEFT JOIN payments_rail arrived ON arrived.id = transfer.rail_id"
        ),
    ),
}


def read(source: psycopg.Connection[Any]) -> Iterator[Fact]:
    """Yield every fact in the order in which it happened; in constant memory."""
    with ExitStack() as opened:
        streams = []
        for rank, (act, query) in enumerate(_queries().items()):
            cursor = source.cursor(f"facts_{rank}", row_factory=dict_row)
            streams.append(_stream(opened.enter_context(cursor), rank, act, query))
        yield from merge(*streams, key=lambda fact: fact[:3])


def _stream(cursor: psycopg.ServerCursor[Row], rank: int, act: str, query: str) -> Iterator[Fact]:
    cursor.itersize = _FETCH
    cursor.execute(f"SELECT * FROM ({query}) fact ORDER BY at, number")  # noqa: S608
    for row in cursor:
        at, number = row.pop("at"), row.pop("number")
        yield Fact(at, rank, number, act, {**row, "id": number})


def messages(source: psycopg.Connection[Any], said: list[tuple[int, datetime]]) -> list[Row]:
    """Return messages by id and moment, in that order."""
    with source.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT m.* FROM unnest(%s::bigint[], %s::timestamptz[]) WITH ORDINALITY"
            " said (id, received_at, place)"
            " JOIN payments_inbound_message m USING (id, received_at) ORDER BY said.place",
            [[one for one, _ in said], [at for _, at in said]],
        )
        return cursor.fetchall()


def file(source: psycopg.Connection[Any], file_id: int) -> Row:
    with source.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT f.name, f.body, rail.code AS rail_code FROM payments_statement_file f"
            " LEFT JOIN payments_rail rail ON rail.id = f.rail_id WHERE f.id = %s",
            [file_id],
        )
        return cursor.fetchone() or {}


def _queries() -> dict[str, str]:
    queries = dict(_QUERIES)
    for table, (asked, decided, is_yes) in DECIDED.items():
        named, joined = _NAMED.get(table, _OF_ITS_MOVEMENT)
        queries[f"ask {table}"] = (
            f"SELECT t.{asked} AS at, t.id AS number, to_jsonb(t) AS asked, {named}"  # noqa: S608
            f" FROM {table} t{joined}"
        )
        queries[f"decide {table}"] = (
            f"SELECT t.{decided} AS at, t.id AS number, to_jsonb(t) AS asked, {is_yes} AS is_yes"  # noqa: S608
            f" FROM {table} t WHERE t.{decided} IS NOT NULL"
        )
    return queries
