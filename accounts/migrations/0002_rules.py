"""The rules of rights and codes that PostgreSQL keeps; the SQL stands in accounts/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(
            (SQL / "rules.sql").read_text(encoding="utf-8"),
            (SQL / "rules_reverse.sql").read_text(encoding="utf-8"),
        )
    ]
