"""What was said only in Python of holds and splits of suspense."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0023_returnable")]

    operations = [
        migrations.RunSQL(
            (SQL / "0024_said_twice.sql").read_text(encoding="utf-8"),
            (SQL / "0024_said_twice_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
