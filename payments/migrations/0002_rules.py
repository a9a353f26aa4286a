"""The lives of a bill and of an attempt, the tables that nobody edits, the first partitions."""

from django.db import migrations

from kernel import sql

BILL_EDGES = [
    ("OPEN", "PART_PAID"),
    ("OPEN", "PAID"),
    ("PART_PAID", "PAID"),
    ("OPEN", "EXPIRED"),
    ("PART_PAID", "EXPIRED"),
    ("EXPIRED", "PAID"),
    ("OPEN", "CANCELLED"),
    ("EXPIRED", "CANCELLED"),
    ("OPEN", "REPLACED"),
]
ATTEMPT_EDGES = [
    ("CREATED", "SENDING"),
    ("CREATED", "EXPIRED"),
    ("SENDING", "CREATED"),
    ("SENDING", "PENDING"),
    ("SENDING", "FAILED"),
    ("SENDING", "UNKNOWN"),
    ("SENDING", "SUCCEEDED"),
    ("PENDING", "SUCCEEDED"),
    ("PENDING", "FAILED"),
    ("PENDING", "EXPIRED"),
    ("UNKNOWN", "PENDING"),
    ("UNKNOWN", "SUCCEEDED"),
    ("UNKNOWN", "FAILED"),
    ("UNKNOWN", "EXPIRED"),
    ("FAILED", "SUCCEEDED"),
    ("EXPIRED", "SUCCEEDED"),
]
APPEND_ONLY = [
    "payments_inbound_message",
    "payments_unposted_message",
    "payments_movement",
    "payments_evidence",
    "payments_difference",
    "payments_journal",
    "payments_posting",
    "payments_allocation",
    "payments_suspense_item",
]
# Closed by a right of its own when the day close comes; a bill ends, it is never deleted.
NO_DELETE = [
    "payments_ledger_day",
    "payments_ledger_account",
    "payments_rail",
    "payments_bill",
    "payments_bill_line",
    "payments_payment_attempt",
]

FIRST_PARTITIONS = """
SELECT payments_open_message_month(month::date)
FROM generate_series(
    date_trunc('month', now()), date_trunc('month', now()) + interval '3 months', '1 month'
) month;
"""


def _life(table: str, lifecycle: str) -> list[migrations.RunSQL]:
    return [
        sql.run(
            sql.guard_status(table, "state", lifecycle),
            sql.guard_status_reverse(table, "state", lifecycle),
        ),
        sql.run(
            sql.keep_history(table, "state", lifecycle),
            sql.keep_history_reverse(table, "state", lifecycle),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        sql.run(
            sql.edges("payments.bill", BILL_EDGES), sql.edges_reverse("payments.bill", BILL_EDGES)
        ),
        sql.run(
            sql.edges("payments.attempt", ATTEMPT_EDGES),
            sql.edges_reverse("payments.attempt", ATTEMPT_EDGES),
        ),
        *_life("payments_bill", "payments.bill"),
        *_life("payments_payment_attempt", "payments.attempt"),
        *[sql.run(sql.append_only(table), sql.append_only_reverse(table)) for table in APPEND_ONLY],
        *[
            sql.run(
                f"REVOKE DELETE ON {table} FROM {sql.APPLICATION_ROLE};",
                f"GRANT DELETE ON {table} TO {sql.APPLICATION_ROLE};",
            )
            for table in NO_DELETE
        ],
        # An account that postings stand on serves whom it was opened for, for ever.
        sql.run(
            f"REVOKE UPDATE ON payments_ledger_account FROM {sql.APPLICATION_ROLE};",
            f"GRANT UPDATE ON payments_ledger_account TO {sql.APPLICATION_ROLE};",
        ),
        migrations.RunSQL(FIRST_PARTITIONS, migrations.RunSQL.noop),
    ]
