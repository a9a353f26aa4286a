"""A credit of a bank is a payment or a sweep that arrives, whichever of them was told first."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0024_said_twice")]

    operations = [
        migrations.RunSQL(
            (SQL / "0025_told_twice.sql").read_text(encoding="utf-8"),
            (SQL / "0025_told_twice_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
