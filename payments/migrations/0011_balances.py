"""Balances that providers tell: found quickly, and an alarm where one differs from our books."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_matches")]

    operations = [
        migrations.RunSQL(
            (SQL / "0011_balances.sql").read_text(encoding="utf-8"),
            (SQL / "0011_balances_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
