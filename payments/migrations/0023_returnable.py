"""When fees go back, and how refunds stand to that."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0022_control")]

    operations = [
        migrations.RunSQL(
            (SQL / "0023_returnable.sql").read_text(encoding="utf-8"),
            (SQL / "0023_returnable_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
