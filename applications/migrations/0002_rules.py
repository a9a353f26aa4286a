"""What PostgreSQL itself refuses about a case, whatever the code above believes."""

from pathlib import Path

from django.db import migrations

from kernel import sql

CASE = "applications.case"

EDGES = [
    ("DRAFT", "AWAITING_PAYMENT"),
    ("DRAFT", "PAID"),
    ("AWAITING_PAYMENT", "PAID"),
    ("AWAITING_PAYMENT", "LAPSED"),
    ("LAPSED", "PAID"),
    ("PAID", "IN_QUEUE"),
    ("PAID", "APPROVED"),
    ("IN_QUEUE", "UNDER_REVIEW"),
    ("UNDER_REVIEW", "IN_QUEUE"),
    ("UNDER_REVIEW", "AWAITING_COMPLETION"),
    ("AWAITING_COMPLETION", "UNDER_REVIEW"),
    ("UNDER_REVIEW", "AWAITING_SECOND"),
    ("AWAITING_SECOND", "UNDER_REVIEW"),
    ("AWAITING_SECOND", "APPROVED"),
    ("UNDER_REVIEW", "APPROVED"),
    ("UNDER_REVIEW", "REFUSED"),
    ("REFUSED", "UNDER_APPEAL"),
    ("UNDER_APPEAL", "IN_QUEUE"),
    ("APPROVED", "AWAITING_SIGNATURE"),
    ("APPROVED", "ISSUED"),
    ("AWAITING_SIGNATURE", "ISSUED"),
    ("ISSUED", "READY_FOR_COLLECTION"),
    ("READY_FOR_COLLECTION", "COLLECTED"),
    ("PAID", "PAYMENT_HELD"),
    ("IN_QUEUE", "PAYMENT_HELD"),
    ("UNDER_REVIEW", "PAYMENT_HELD"),
    ("AWAITING_COMPLETION", "PAYMENT_HELD"),
    ("AWAITING_SECOND", "PAYMENT_HELD"),
    ("APPROVED", "PAYMENT_HELD"),
    ("AWAITING_SIGNATURE", "PAYMENT_HELD"),
    ("PAYMENT_HELD", "PAID"),
    ("PAYMENT_HELD", "IN_QUEUE"),
    ("PAYMENT_HELD", "UNDER_REVIEW"),
    ("PAYMENT_HELD", "AWAITING_COMPLETION"),
    ("PAYMENT_HELD", "AWAITING_SECOND"),
    ("PAYMENT_HELD", "APPROVED"),
    ("PAYMENT_HELD", "AWAITING_SIGNATURE"),
    ("DRAFT", "WITHDRAWN"),
    ("AWAITING_PAYMENT", "WITHDRAWN"),
    ("LAPSED", "WITHDRAWN"),
    ("PAID", "WITHDRAWN"),
    ("IN_QUEUE", "WITHDRAWN"),
    ("UNDER_REVIEW", "WITHDRAWN"),
    ("AWAITING_COMPLETION", "WITHDRAWN"),
    ("AWAITING_SECOND", "WITHDRAWN"),
]

TABLE = "applications_application"
SQL = Path(__file__).resolve().parent.parent / "sql"


def _file(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0001_initial"),
        ("kernel", "0002_rules"),
    ]

    operations = [
        sql.run(sql.edges(CASE, EDGES), sql.edges_reverse(CASE, EDGES)),
        sql.run(
            sql.guard_status(TABLE, "status", CASE),
            sql.guard_status_reverse(TABLE, "status", CASE),
        ),
        sql.run(
            sql.append_only("applications_statuschange"),
            sql.append_only_reverse("applications_statuschange"),
        ),
        sql.run(
            sql.append_only("applications_refusal"),
            sql.append_only_reverse("applications_refusal"),
        ),
        migrations.RunSQL(_file("rules.sql"), _file("rules_reverse.sql")),
    ]
