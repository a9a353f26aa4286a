"""Whoever publishes a service, and what it costs, has the right to: PostgreSQL asks too."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0008_mended"), ("accounts", "0013_hands")]

    operations = [
        migrations.RunSQL(
            (SQL / "fees.sql").read_text(encoding="utf-8"),
            (SQL / "fees_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
