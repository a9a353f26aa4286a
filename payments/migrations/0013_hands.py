"""Two people are two persons, not two accounts of one."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent / "sql"


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


class Migration(migrations.Migration):
    # Whose account it is stands in the accounts.
    dependencies = [("payments", "0012_facts"), ("accounts", "0002_rules")]

    operations = [_sql("0013_hands")]
