"""
The tables of money, made by SQL because SQL writes them.

Django's own record of them holds names and keys only: their columns stand in `sql/` and in
`payments/models.py`, and a test compares the two.
"""

from pathlib import Path
from typing import Any

from django.db import migrations, models

SQL = Path(__file__).resolve().parent / "sql"

TABLES = {
    "Allocation": "allocation",
    "Bill": "bill",
    "BillLine": "bill_line",
    "Difference": "difference",
    "Evidence": "evidence",
    "InboundMessage": "inbound_message",
    "Inbox": "inbox",
    "Journal": "journal",
    "LedgerAccount": "ledger_account",
    "LedgerDay": "ledger_day",
    "Movement": "movement",
    "PaymentAttempt": "payment_attempt",
    "Posting": "posting",
    "Rail": "rail",
    "RefusedMessage": "refused_message",
    "SuspenseItem": "suspense_item",
    "UnpostedMessage": "unposted_message",
}
ORDERING = {"Rail": ("position", "code"), "BillLine": ("bill_id", "line_no")}


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


def _known(name: str, table: str) -> migrations.CreateModel:
    options: dict[str, Any] = {"managed": False, "db_table": f"payments_{table}"}
    if name in ORDERING:
        options["ordering"] = ORDERING[name]
    return migrations.CreateModel(
        name=name,
        fields=[("id", models.BigAutoField(primary_key=True))],
        options=options,
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("places", "0001_initial"),
        ("kernel", "0002_rules"),
    ]

    operations = [
        _sql("0001_bills"),
        _sql("0001_messages"),
        _sql("0001_ledger"),
        _sql("0001_agreements"),
        *[_known(name, table) for name, table in TABLES.items()],
    ]
