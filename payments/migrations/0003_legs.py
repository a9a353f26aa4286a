"""All legs of money: reversals, charges, sweeps, withdrawals; bills that are owed."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"

BILL_EDGES = [
    ("PAID", "PART_PAID"),
    ("PAID", "OPEN"),
    ("PART_PAID", "OPEN"),
    ("OPEN", "OWED"),
    ("PART_PAID", "OWED"),
    ("EXPIRED", "OWED"),
    ("OWED", "PAID"),
]


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_rules")]

    operations = [
        _sql("0003_accounts"),
        _sql("0003_bills"),
        sql.run(
            sql.edges("payments.bill", BILL_EDGES), sql.edges_reverse("payments.bill", BILL_EDGES)
        ),
        _sql("0003_movements"),
        sql.run(
            sql.append_only("payments_movement_alias"),
            sql.append_only_reverse("payments_movement_alias"),
        ),
        migrations.CreateModel(
            name="MovementAlias",
            fields=[("id", models.BigAutoField(primary_key=True))],
            options={"managed": False, "db_table": "payments_movement_alias"},
        ),
    ]
