"""What a helper did for somebody, and where helping so many through one phone is stopped."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import kernel.crypto

SQL = Path(__file__).resolve().parent.parent / "sql"
KINDS = {"typed": "typed", "file": "gave a file", "looked": "looked"}


def _id():
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


def _to(model, *, related_name="+", null=False):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [("applications", "0021_reads"), ("accounts", "0011_agents")]

    operations = [
        migrations.CreateModel(
            name="HelpStep",
            fields=[
                _id(),
                ("assistance", _to("applications.assistance", related_name="steps")),
                ("kind", models.CharField(choices=list(KINDS.items()), max_length=10)),
                ("code", models.CharField(max_length=60)),
                ("value", kernel.crypto.EncryptedTextField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["assistance", "id"], name="help_step_of_help")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=list(KINDS)), name="help_step_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="typed", value__isnull=False)
                        | (~Q(kind="typed") & Q(value=None)),
                        name="help_step_typed_has_a_value",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpHold",
            fields=[
                _id(),
                ("helper", _to(settings.AUTH_USER_MODEL)),
                ("contact", _to("accounts.contactpoint")),
                ("office", _to("places.office")),
                ("persons", models.PositiveSmallIntegerField()),
                ("noticed_at", models.DateTimeField()),
                ("released_by", _to(settings.AUTH_USER_MODEL, null=True)),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "released_because",
                    models.CharField(blank=True, db_default="", default="", max_length=200),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(released_by__isnull=True, released_at__isnull=True)
                        | (
                            Q(released_by__isnull=False, released_at__isnull=False)
                            & ~Q(released_because="")
                        ),
                        name="help_hold_released_with_a_reason",
                    ),
                    models.UniqueConstraint(
                        fields=["helper", "contact"],
                        condition=Q(released_at=None),
                        name="help_hold_open_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "agents.sql").read_text(encoding="utf-8"),
            (SQL / "agents_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
