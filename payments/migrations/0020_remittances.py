"""Batches of remittances, the accounts they go to, and what the bank says of them."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"

REMITTANCE_EDGES = [
    ("BUILDING", "PROPOSED"),
    ("BUILDING", "CANCELLED"),
    ("PROPOSED", "APPROVED"),
    ("PROPOSED", "CANCELLED"),
    ("APPROVED", "SENT"),
    ("APPROVED", "CONFIRMED"),
    ("APPROVED", "CANCELLED"),
    ("SENT", "ACKNOWLEDGED"),
    ("SENT", "CONFIRMED"),
    ("SENT", "FAILED"),
    ("SENT", "CANCELLED"),
    ("ACKNOWLEDGED", "CONFIRMED"),
    ("ACKNOWLEDGED", "FAILED"),
    ("ACKNOWLEDGED", "CANCELLED"),
    ("CONFIRMED", "RETURNED"),
    ("FAILED", "CONFIRMED"),
    ("CANCELLED", "CONFIRMED"),
]
APPEND_ONLY = ("payments_remittance_line_past", "payments_remittance_report")


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


def _model(name: str, table: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[("id", models.BigAutoField(primary_key=True))],
        options={"managed": False, "db_table": table},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0019_payees"),
        ("places", "0001_initial"),
        ("accounts", "0003_beneficiaries"),
    ]

    operations = [
        _sql("0020_remittances"),
        _sql("0020_posting"),
        sql.run(
            sql.edges("payments.remittance", REMITTANCE_EDGES),
            sql.edges_reverse("payments.remittance", REMITTANCE_EDGES),
        ),
        sql.run(
            sql.guard_status("payments_remittance", "state", "payments.remittance"),
            sql.guard_status_reverse("payments_remittance", "state", "payments.remittance"),
        ),
        sql.run(
            sql.keep_history("payments_remittance", "state", "payments.remittance"),
            sql.keep_history_reverse("payments_remittance", "state", "payments.remittance"),
        ),
        *(sql.run(sql.append_only(each), sql.append_only_reverse(each)) for each in APPEND_ONLY),
        sql.run(
            "REVOKE DELETE, TRUNCATE ON payments_remittance, payments_settlement_account,"
            f" payments_remittance_refusal FROM {sql.APPLICATION_ROLE};"
            "REVOKE UPDATE, TRUNCATE ON payments_unremitted, payments_remittance_line"
            f" FROM {sql.APPLICATION_ROLE};",
            f"GRANT DELETE ON payments_remittance, payments_settlement_account,"
            f" payments_remittance_refusal TO {sql.APPLICATION_ROLE};"
            f"GRANT UPDATE ON payments_unremitted, payments_remittance_line"
            f" TO {sql.APPLICATION_ROLE};",
        ),
        _model("SettlementAccount", "payments_settlement_account"),
        _model("Remittance", "payments_remittance"),
        _model("RemittanceReport", "payments_remittance_report"),
        _model("RemittanceRefusal", "payments_remittance_refusal"),
    ]
