"""Official receipts."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"

APPEND_ONLY = ["payments_receipt", "payments_receipt_cancellation"]


def _known(name: str, table: str, key: str = "id") -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[(key, models.BigAutoField(primary_key=True))],
        options={"managed": False, "db_table": f"payments_{table}"},
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_statements")]

    operations = [
        migrations.RunSQL(
            (SQL / "0007_receipts.sql").read_text(encoding="utf-8"),
            (SQL / "0007_receipts_reverse.sql").read_text(encoding="utf-8"),
        ),
        *[sql.run(sql.append_only(table), sql.append_only_reverse(table)) for table in APPEND_ONLY],
        _known("ReceiptSeries", "receipt_series"),
        _known("Receipt", "receipt"),
        _known("ReceiptCancellation", "receipt_cancellation"),
    ]
