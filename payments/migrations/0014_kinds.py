"""Journals for what finance decides: explained debits, releases of suspense, remittances."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


def _kept(table: str) -> migrations.RunSQL:
    return sql.run(
        f"REVOKE DELETE ON {table} FROM {sql.APPLICATION_ROLE};",
        f"GRANT DELETE ON {table} TO {sql.APPLICATION_ROLE};",
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_hands")]

    operations = [
        _sql("0014_accounts"),
        _sql("0014_releases"),
        _sql("0014_journals"),
        _sql("0014_own_money"),
        _kept("payments_explanation"),
        _kept("payments_release"),
        migrations.CreateModel(
            name="Explanation",
            fields=[("id", models.BigAutoField(primary_key=True))],
            options={"managed": False, "db_table": "payments_explanation"},
        ),
        migrations.CreateModel(
            name="Release",
            fields=[("id", models.BigAutoField(primary_key=True))],
            options={"managed": False, "db_table": "payments_release"},
        ),
    ]
