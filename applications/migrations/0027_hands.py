"""Whoever shares a phone, or is family, has no second pair of hands."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0026_drafts"),
        ("accounts", "0013_hands"),
        ("registers", "0006_relatives"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("template", models.CharField(max_length=40)),
                ("asked_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("tried_at", models.DateTimeField(null=True)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("told", "told"),
                            ("no_answer", "nobody answered"),
                            ("wrong_number", "the number is somebody else's"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="applications.application",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=Q(done_at=None), fields=["asked_at"], name="call_open")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(done_at=None),
                        fields=("application", "template"),
                        name="call_open_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(tries=0, by=None, tried_at=None, result="", done_at=None)
                        | Q(
                            tries__gt=0,
                            tries__lte=3,
                            by__isnull=False,
                            tried_at__isnull=False,
                            result__in=["told", "no_answer", "wrong_number"],
                        ),
                        name="call_tried_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=Q(done_at__isnull=False)
                        | Q(result="")
                        | Q(result="no_answer", tries__lt=3),
                        name="call_open_while_it_is_tried",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "hands.sql").read_text(encoding="utf-8"),
            (SQL / "hands_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
