"""The downtime book, and the true time of what was captured from it."""

from datetime import timedelta
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
BOOKS = "applications_downtimebook"
SPOILED = {
    "miswritten": "Written on by mistake",
    "damaged": "Torn, wet or unreadable",
    "lost": "Lost",
    "given_up": "The citizen did not go on",
}


def _id():
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


def _to(model, *, related_name="+", null=False, link=models.ForeignKey):
    return link(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("places", "0001_initial"),
        ("applications", "0014_exchange"),
    ]

    operations = [
        migrations.AddField("application", "received_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="DowntimeBook",
            fields=[
                _id(),
                ("service_code", models.CharField(max_length=60)),
                ("year", models.PositiveSmallIntegerField()),
                ("first", models.PositiveIntegerField()),
                ("last", models.PositiveIntegerField()),
                ("printed_at", models.DateTimeField()),
                ("office", _to("places.office")),
                ("printed_by", _to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["office", "year", "first"], name="book_follows_one_book"
                    ),
                    models.CheckConstraint(
                        condition=Q(first__gte=1, last__gte=F("first"), last__lt=F("first") + 50),
                        name="book_has_its_sheets",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DowntimeSheet",
            fields=[
                _id(),
                ("number", models.PositiveIntegerField()),
                ("code", models.CharField(max_length=16, unique=True)),
                ("received_at", models.DateTimeField(null=True)),
                (
                    "spoiled",
                    models.CharField(choices=list(SPOILED.items()), default="", max_length=12),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "application",
                    _to(
                        "applications.application",
                        related_name="sheet",
                        null=True,
                        link=models.OneToOneField,
                    ),
                ),
                ("book", _to("applications.downtimebook", related_name="sheets")),
                ("ended_by", _to(settings.AUTH_USER_MODEL, null=True)),
                ("taken_by", _to(settings.AUTH_USER_MODEL, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["book", "number"], name="one_sheet_a_number"),
                    models.CheckConstraint(
                        condition=Q(code__regex=r"^[0-9]{5}-[0-9]{2}-[0-9]{6}$"),
                        name="sheet_code_well_formed",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            application=None,
                            received_at=None,
                            taken_by=None,
                            spoiled="",
                            ended_by=None,
                            ended_at=None,
                        )
                        | Q(
                            application=None,
                            received_at=None,
                            taken_by=None,
                            spoiled__in=list(SPOILED),
                            ended_by__isnull=False,
                            ended_at__isnull=False,
                        )
                        | Q(
                            application__isnull=False,
                            received_at__isnull=False,
                            taken_by__isnull=False,
                            spoiled="",
                            ended_by__isnull=False,
                            ended_at__isnull=False,
                        ),
                        name="sheet_is_open_captured_or_spoiled",
                    ),
                    models.CheckConstraint(
                        condition=Q(received_at=None)
                        | Q(
                            received_at__lte=F("ended_at"),
                            received_at__gte=F("ended_at") - timedelta(days=30),
                        ),
                        name="sheet_received_in_time",
                    ),
                ],
            },
        ),
        sql.run(sql.append_only(BOOKS), sql.append_only_reverse(BOOKS)),
        migrations.RunSQL(
            (SQL / "downtime.sql").read_text(encoding="utf-8"),
            (SQL / "downtime_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
