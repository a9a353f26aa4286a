"""Payees proven at a desk, and claims to money that nobody has matched."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"

# Only of what is paid by hand: refund_by_hand_has_its_payee.
NOBODY_CAME = [("APPROVED", "FAILED")]


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
    dependencies = [("payments", "0018_open_items")]

    operations = [
        _sql("0019_payees"),
        sql.run(
            f"REVOKE DELETE ON payments_payee, payments_claim FROM {sql.APPLICATION_ROLE};",
            f"GRANT DELETE ON payments_payee, payments_claim TO {sql.APPLICATION_ROLE};",
        ),
        sql.run(
            sql.edges("payments.refund", NOBODY_CAME),
            sql.edges_reverse("payments.refund", NOBODY_CAME),
        ),
        _known("Payee", "payee"),
        _known("Claim", "claim"),
    ]
