"""Statements and their lines."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent / "sql"


def _known(name: str, table: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[("id", models.BigAutoField(primary_key=True))],
        options={"managed": False, "db_table": f"payments_{table}"},
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_asking")]

    operations = [
        migrations.RunSQL(
            (SQL / "0006_statements.sql").read_text(encoding="utf-8"),
            (SQL / "0006_statements_reverse.sql").read_text(encoding="utf-8"),
        ),
        _known("StatementFile", "statement_file"),
        _known("Statement", "statement"),
        _known("StatementLine", "statement_line"),
    ]
