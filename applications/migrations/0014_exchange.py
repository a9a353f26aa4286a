"""What one office hands over to another, and what has arrived."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import kernel.crypto

SQL = Path(__file__).resolve().parent.parent / "sql"
THINGS = {"case": "The case", "paper": "The signed paper", "file": "The paper file"}


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
        ("applications", "0013_orders_over"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("what", models.CharField(choices=list(THINGS.items()), max_length=8)),
                ("at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("arrived_at", models.DateTimeField(null=True)),
                ("arrived_note", kernel.crypto.EncryptedTextField(default="")),
                ("application", _to("applications.application", related_name="hand_overs")),
                ("arrived_by", _to(settings.AUTH_USER_MODEL, null=True)),
                ("by", _to(settings.AUTH_USER_MODEL)),
                ("from_office", _to("places.office")),
                ("to_office", _to("places.office")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(arrived_at=None), fields=["at", "id"], name="hand_over_open"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(arrived_at=None),
                        fields=["application"],
                        name="one_open_hand_over_a_case",
                    ),
                    models.UniqueConstraint(
                        fields=["application", "version"], name="one_hand_over_a_version"
                    ),
                    models.CheckConstraint(
                        condition=Q(what__in=list(THINGS)), name="handed_thing_known"
                    ),
                    models.CheckConstraint(
                        condition=~Q(from_office=F("to_office")), name="handed_to_another_office"
                    ),
                    models.CheckConstraint(
                        condition=Q(arrived_by=None, arrived_at=None)
                        | Q(arrived_by__isnull=False, arrived_at__gte=F("at")),
                        name="arrival_has_somebody",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "exchange.sql").read_text(encoding="utf-8"),
            (SQL / "exchange_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
