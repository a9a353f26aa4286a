"""Who is here: leave, part-time weeks, stand-ins."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).resolve().parent.parent / "sql"
KINDS = [("leave", "Leave"), ("sick", "Illness"), ("training", "Training"), ("other", "Other")]


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _somebody(*, related_name="+", null=False, link=models.ForeignKey):
    return link(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_beneficiaries")]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", _id()),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("entered_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("account", _somebody(related_name="absences")),
                ("ended_by", _somebody(null=True)),
                ("entered_by", _somebody()),
                ("stand_in", _somebody(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=[kind for kind, _ in KINDS]),
                        name="absence_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(until_at__gt=F("from_at")), name="absence_until_after_from"
                    ),
                    models.CheckConstraint(
                        condition=Q(stand_in=None) | ~Q(stand_in=F("account")),
                        name="stand_in_is_another",
                    ),
                    models.CheckConstraint(
                        condition=Q(ended_by=None, ended_at=None)
                        | Q(ended_by__isnull=False, ended_at__isnull=False),
                        name="absence_ended_by_somebody",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["account", "until_at"], name="absence_by_account")
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkingWeek",
            fields=[
                ("id", _id()),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), size=None
                    ),
                ),
                ("entered_at", models.DateTimeField()),
                ("account", _somebody(related_name="working_week", link=models.OneToOneField)),
                ("entered_by", _somebody()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6])
                        & Q(weekdays__len__gt=0),
                        name="working_week_of_weekdays",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "presence.sql").read_text(encoding="utf-8"),
            (SQL / "presence_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
