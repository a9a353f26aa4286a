"""Refunds."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"

REFUND_EDGES = [
    ("PROPOSED", "REQUESTED"),
    ("PROPOSED", "DECLINED"),
    ("REQUESTED", "APPROVED"),
    ("REQUESTED", "AWAITING_FUNDS"),
    ("REQUESTED", "DECLINED"),
    ("AWAITING_FUNDS", "APPROVED"),
    ("AWAITING_FUNDS", "DECLINED"),
    ("APPROVED", "SENDING"),
    ("SENDING", "APPROVED"),
    ("SENDING", "PENDING"),
    ("SENDING", "UNKNOWN"),
    ("SENDING", "FAILED"),
    ("SENDING", "DONE"),
    ("PENDING", "DONE"),
    ("PENDING", "FAILED"),
    ("PENDING", "UNKNOWN"),
    ("UNKNOWN", "PENDING"),
    ("UNKNOWN", "DONE"),
    ("UNKNOWN", "FAILED"),
]


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_legs")]

    operations = [
        _sql("0004_refunds"),
        _sql("0004_agreements"),
        sql.run(
            sql.edges("payments.refund", REFUND_EDGES),
            sql.edges_reverse("payments.refund", REFUND_EDGES),
        ),
        sql.run(
            sql.guard_status("payments_refund", "state", "payments.refund"),
            sql.guard_status_reverse("payments_refund", "state", "payments.refund"),
        ),
        sql.run(
            sql.keep_history("payments_refund", "state", "payments.refund"),
            sql.keep_history_reverse("payments_refund", "state", "payments.refund"),
        ),
        sql.run(
            f"REVOKE DELETE ON payments_refund FROM {sql.APPLICATION_ROLE};",
            f"GRANT DELETE ON payments_refund TO {sql.APPLICATION_ROLE};",
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[("id", models.BigAutoField(primary_key=True))],
            options={"managed": False, "db_table": "payments_refund"},
        ),
    ]
