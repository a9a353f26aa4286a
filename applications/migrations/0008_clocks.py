"""When a case must be escalated, and to whom it was; apologies by their time."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
DESK = ("IN_QUEUE", "UNDER_REVIEW", "AWAITING_SECOND")
OWED = (*DESK, "APPROVED", "AWAITING_SIGNATURE")
LEVELS = {1: "the supervisor", 2: "the office above"}
CAUSES = {
    "late_soon": "It will be late soon",
    "late": "The promised time is over",
    "held_long": "It waits for long, and nothing was promised",
    "nobody": "No officer has it",
}


def _to(model, *, related_name="+"):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial"), ("applications", "0007_routing")]

    operations = [
        migrations.AddField("application", "escalate_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "application",
            "escalated_to",
            models.PositiveSmallIntegerField(choices=list(LEVELS.items()), null=True),
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(choices=list(LEVELS.items()))),
                ("cause", models.CharField(choices=list(CAUSES.items()), max_length=10)),
                ("at", models.DateTimeField()),
                ("application", _to("applications.application", related_name="escalations")),
                ("office", _to("places.office")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["application", "level", "office"],
                        name="escalated_once_to_an_office",
                    ),
                    models.CheckConstraint(
                        condition=Q(level__in=list(LEVELS)), name="escalation_level_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(cause__in=list(CAUSES)), name="escalation_cause_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(level=1) | Q(cause="late"), name="escalated_above_when_late"
                    ),
                ],
                "indexes": [models.Index(fields=["office", "at"], name="escalation_of_office")],
            },
        ),
        sql.run(
            sql.append_only("applications_escalation"),
            sql.append_only_reverse("applications_escalation"),
        ),
        migrations.AddIndex(
            "application",
            models.Index(
                fields=["escalate_at", "id"],
                name="case_to_escalate",
                condition=Q(status__in=OWED, escalate_at__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "application",
            models.Index(
                fields=["deciding_office", "queue_at", "id"],
                name="case_escalated",
                condition=Q(status__in=OWED, escalated_to__isnull=False),
            ),
        ),
        # A paper that is not drawn is late too.
        migrations.RemoveIndex("application", "case_of_office_by_promise"),
        migrations.AddIndex(
            "application",
            models.Index(
                fields=["promised_at", "id"],
                name="case_of_office_by_promise",
                condition=Q(status__in=OWED),
            ),
        ),
        migrations.AddIndex(
            "caseslip",
            models.Index(fields=["made_at"], name="apology_by_time", condition=Q(kind="apology")),
        ),
        migrations.RunSQL(
            (SQL / "clocks.sql").read_text(encoding="utf-8"),
            (SQL / "clocks_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
