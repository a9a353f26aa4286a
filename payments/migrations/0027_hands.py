"""Maker and checker who share a phone are one pair of hands."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0026_erasure"), ("accounts", "0013_hands")]

    operations = [
        migrations.RunSQL(
            (SQL / "0027_hands.sql").read_text(encoding="utf-8"),
            (SQL / "0027_hands_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
