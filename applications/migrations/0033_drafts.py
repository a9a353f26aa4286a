"""What was typed and not sent stands with its draft; what the law took off altogether is told."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import kernel.crypto
from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _to(model, **more):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=model,
        **more,
    )


class Migration(migrations.Migration):
    dependencies = [("applications", "0032_trust"), ("places", "0003_offices")]

    operations = [
        migrations.CreateModel(
            name="UnsentAnswers",
            fields=[
                ("id", _id()),
                ("group_code", models.CharField(max_length=60)),
                ("typed", kernel.crypto.EncryptedTextField()),
                ("typed_at", models.DateTimeField()),
                ("application", _to("applications.application", null=True)),
                ("draft", _to("applications.saveddraft", null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(draft=None, application__isnull=False)
                        | Q(draft__isnull=False, application=None),
                        name="unsent_stands_with_one_draft",
                    ),
                    models.UniqueConstraint(
                        fields=["draft", "group_code"], name="unsent_once_of_a_draft"
                    ),
                    models.UniqueConstraint(
                        fields=["application", "group_code"], name="unsent_once_of_a_case"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaivedCharge",
            fields=[
                ("id", _id()),
                ("fee_code", models.CharField(max_length=60)),
                ("currency", models.CharField(max_length=3)),
                ("waived_minor", models.BigIntegerField()),
                ("law", models.TextField()),
                ("at", models.DateTimeField()),
                ("application", _to("applications.application")),
                ("beneficiary", _to("places.beneficiary")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["application", "fee_code"], name="charge_waived_once_of_a_case"
                    ),
                    models.CheckConstraint(
                        condition=Q(waived_minor__gt=0) & ~Q(law=""), name="charge_waived_by_a_law"
                    ),
                ],
                "indexes": [models.Index(fields=["at"], name="charge_waived_on_a_day")],
            },
        ),
        migrations.RunSQL(
            (SQL / "unsent.sql").read_text(encoding="utf-8"),
            (SQL / "unsent_reverse.sql").read_text(encoding="utf-8"),
        ),
        sql.run(
            sql.append_only("applications_waivedcharge"),
            sql.append_only_reverse("applications_waivedcharge"),
        ),
    ]
