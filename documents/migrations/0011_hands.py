"""Maker and checker who share a phone are one pair of hands."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("documents", "0010_withdrawn_orders"), ("accounts", "0013_hands")]

    operations = [
        migrations.RunSQL(
            (SQL / "0011_hands.sql").read_text(encoding="utf-8"),
            (SQL / "0011_hands_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
