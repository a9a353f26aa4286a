"""Who shares a phone with an applicant neither decides nor captures her case."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("applications", "0031_calls"), ("accounts", "0015_trust")]

    operations = [
        migrations.RunSQL(
            (SQL / "trust.sql").read_text(encoding="utf-8"),
            (SQL / "trust_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
