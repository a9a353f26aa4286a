"""The queues of the whole country, each list by an index of its own."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("applications", "0017_attacked")]

    operations = [
        migrations.RunSQL(
            (SQL / "routed.sql").read_text(encoding="utf-8"),
            (SQL / "routed_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
