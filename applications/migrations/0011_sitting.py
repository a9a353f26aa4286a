"""Cases that a supervisor gave to another officer."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLE = "applications_reassignment"
REASONS = {
    "workload": "The work is shared out anew",
    "absent": "The officer is away",
    "conflict": "The officer has an interest in it",
    "late": "It would be late where it is",
    "knowledge": "The other officer knows such cases",
}


def _to(model, *, related_name="+", null=False):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("places", "0001_initial"),
        ("applications", "0010_appeals"),
        ("documents", "0010_withdrawn_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reassignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "reason_code",
                    models.CharField(choices=list(REASONS.items()), max_length=20),
                ),
                ("at", models.DateTimeField()),
                ("application", _to("applications.application", related_name="reassignments")),
                ("by", _to(settings.AUTH_USER_MODEL)),
                ("from_officer", _to(settings.AUTH_USER_MODEL, null=True)),
                ("office", _to("places.office")),
                ("to_officer", _to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["application", "version"], name="one_reassignment_a_version"
                    ),
                    models.CheckConstraint(
                        condition=Q(reason_code__in=list(REASONS)),
                        name="reassignment_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(from_officer=None) | ~Q(from_officer=F("to_officer")),
                        name="reassigned_to_another",
                    ),
                ],
            },
        ),
        sql.run(sql.append_only(TABLE), sql.append_only_reverse(TABLE)),
        migrations.RunSQL(
            (SQL / "sitting.sql").read_text(encoding="utf-8"),
            (SQL / "sitting_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
