"""Questions to providers about movements, and what each rail was last heard to say."""

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
    dependencies = [("payments", "0004_refunds")]

    operations = [
        migrations.RunSQL(
            (SQL / "0005_asking.sql").read_text(encoding="utf-8"),
            (SQL / "0005_asking_reverse.sql").read_text(encoding="utf-8"),
        ),
        sql.run(
            f"REVOKE DELETE ON payments_inquiry, payments_rail_health FROM {sql.APPLICATION_ROLE};",
            f"GRANT DELETE ON payments_inquiry, payments_rail_health TO {sql.APPLICATION_ROLE};",
        ),
        _known("Inquiry", "inquiry"),
        _known("RailHealth", "rail_health"),
    ]
