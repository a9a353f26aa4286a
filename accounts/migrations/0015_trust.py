"""Nobody decides about whom she shares a phone with, and an erasure follows a fresh proof."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_steps")]

    operations = [
        migrations.RunSQL(
            (SQL / "trust.sql").read_text(encoding="utf-8"),
            (SQL / "trust_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
