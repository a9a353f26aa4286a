"""An import of a statement that runs in the background says how far it is."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent / "sql"


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


def _known(name: str, table: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[("id", models.BigAutoField(primary_key=True))],
        options={"managed": False, "db_table": f"payments_{table}"},
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_rollup")]

    operations = [
        _sql("0016_imports"),
        _known("StatementPreview", "statement_preview"),
        _known("UnpostedLine", "unposted_line"),
        _known("Import", "import"),
        _known("WatchedFile", "watched_file"),
    ]
