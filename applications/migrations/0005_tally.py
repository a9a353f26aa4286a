"""How many cases wait where: kept exact, read cheaply; views that officers saved; ways to find."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).resolve().parent.parent / "sql"


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _plain(to, **more):
    return models.ForeignKey(
        db_constraint=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=to,
        **more,
    )


def _without_index(name, to):
    return migrations.AlterField(
        model_name="application",
        name=name,
        field=models.ForeignKey(
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to=to,
        ),
    )


def _file(name):
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0004_by_register"),
        ("accounts", "0003_beneficiaries"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", _id()),
                ("service_code", models.CharField(max_length=60)),
                ("status", models.CharField(max_length=24)),
                ("n", models.IntegerField()),
                ("rolled", models.BooleanField(db_default=False)),
                ("deciding_office", _plain("places.office")),
                ("officer", _plain(settings.AUTH_USER_MODEL, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["deciding_office", "officer", "service_code", "status"],
                        name="tally_rolled_once",
                        condition=Q(rolled=True),
                        nulls_distinct=False,
                    ),
                ],
                "indexes": [
                    models.Index(fields=["id"], name="tally_not_rolled", condition=Q(rolled=False)),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", _id()),
                ("place", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=40)),
                ("filter", models.JSONField(default=dict)),
                ("is_default", models.BooleanField(default=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["account", "place"], name="saved_view_in_its_place"
                    ),
                    models.UniqueConstraint(
                        fields=["account", "name"], name="saved_view_named_once"
                    ),
                    models.UniqueConstraint(
                        fields=["account"],
                        condition=Q(is_default=True),
                        name="saved_view_one_default",
                    ),
                    models.CheckConstraint(
                        condition=Q(place__gte=1, place__lte=20), name="saved_views_not_too_many"
                    ),
                    models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
                ],
            },
        ),
        _without_index("deciding_office", "places.office"),
        _without_index("officer", settings.AUTH_USER_MODEL),
        migrations.RunSQL(_file("tally.sql"), _file("tally_reverse.sql")),
        migrations.RunSQL(_file("queues.sql"), _file("queues_reverse.sql")),
    ]
