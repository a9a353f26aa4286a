"""Alarms, and what each check of the invariants found."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"


def _known(name: str, table: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[("id", models.BigAutoField(primary_key=True))],
        options={"managed": False, "db_table": f"payments_{table}"},
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_receipts")]

    operations = [
        migrations.RunSQL(
            (SQL / "0008_alarms.sql").read_text(encoding="utf-8"),
            (SQL / "0008_alarms_reverse.sql").read_text(encoding="utf-8"),
        ),
        sql.run(sql.append_only("payments_check"), sql.append_only_reverse("payments_check")),
        _known("Alarm", "alarm"),
        _known("Check", "check"),
    ]
