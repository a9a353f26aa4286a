"""A fresh proof of who did it before a guardianship, a meeting or an agent's licence, and its end."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_hands")]

    operations = [
        migrations.RunSQL(
            (SQL / "steps.sql").read_text(encoding="utf-8"),
            (SQL / "steps_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
