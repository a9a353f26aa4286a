"""Filling the refund floats."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_alarms")]

    operations = [
        migrations.RunSQL(
            (SQL / "0009_floats.sql").read_text(encoding="utf-8"),
            (SQL / "0009_floats_reverse.sql").read_text(encoding="utf-8"),
        ),
        sql.run(
            f"REVOKE DELETE ON payments_float_top_up FROM {sql.APPLICATION_ROLE};",
            f"GRANT DELETE ON payments_float_top_up TO {sql.APPLICATION_ROLE};",
        ),
        migrations.CreateModel(
            name="FloatTopUp",
            fields=[("id", models.BigAutoField(primary_key=True))],
            options={"managed": False, "db_table": "payments_float_top_up"},
        ),
    ]
