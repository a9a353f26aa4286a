"""Matches, and the fact that every journal is about."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_floats")]

    operations = [
        _sql("0010_matches"),
        _sql("0010_journals"),
        sql.run(
            f"REVOKE DELETE ON payments_match FROM {sql.APPLICATION_ROLE};",
            f"GRANT DELETE ON payments_match TO {sql.APPLICATION_ROLE};",
        ),
        migrations.CreateModel(
            name="Match",
            fields=[("id", models.BigAutoField(primary_key=True))],
            options={"managed": False, "db_table": "payments_match"},
        ),
    ]
