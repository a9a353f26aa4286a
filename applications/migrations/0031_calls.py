"""Calls that were answered for go when their term is over."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("applications", "0030_mended")]

    operations = [
        migrations.RunSQL(
            (SQL / "calls_forgotten.sql").read_text(encoding="utf-8"),
            (SQL / "calls_forgotten_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
