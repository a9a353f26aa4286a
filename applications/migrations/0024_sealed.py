"""The length of a sealed text is told by what it says."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("applications", "0023_privacy")]

    operations = [
        migrations.RunSQL(
            (SQL / "sealed.sql").read_text(encoding="utf-8"),
            (SQL / "sealed_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
