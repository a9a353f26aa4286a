"""Sums of the ledger by account and day, kept beside it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent / "sql"


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0014_kinds")]

    operations = [_sql("0015_rollup")]
