"""What stands in suspense as a queue, with who holds it; matches asked for in one act."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


def _append_only(table: str) -> migrations.RunSQL:
    return sql.run(sql.append_only(table), sql.append_only_reverse(table))


def _unmanaged(name: str, table: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[("id", models.BigAutoField(primary_key=True))],
        options={"managed": False, "db_table": table},
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0017_channels")]

    operations = [
        _sql("0018_open_items"),
        _append_only("payments_hold"),
        _sql("0018_match_sets"),
        _append_only("payments_match_set"),
        _unmanaged("OpenItem", "payments_open_item"),
        _unmanaged("Hold", "payments_hold"),
        _unmanaged("SuspenseRule", "payments_suspense_rule"),
        _unmanaged("MatchSet", "payments_match_set"),
    ]
