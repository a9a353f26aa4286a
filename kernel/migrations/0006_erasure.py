"""What an erasure may empty, plain files that are sealed later, and indexes that move to a key."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_operators")]

    operations = [
        migrations.RunSQL(
            (SQL / "erasure.sql").read_text(encoding="utf-8"),
            (SQL / "erasure_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
