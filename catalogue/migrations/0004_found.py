"""What people look for and find: references, terms, answers, words for slips, remarks on pages."""

from pathlib import Path

import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

SQL = Path(__file__).parent.parent / "sql"


def _id() -> tuple[str, models.BigAutoField]:
    return "id", models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_drafts")]

    operations = [
        migrations.AddField("category", "unofficial", models.JSONField(default=list)),
        migrations.AddField("need", "unofficial", models.JSONField(default=list)),
        migrations.CreateModel(
            name="Directory",
            fields=[
                _id(),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("site", models.CharField(max_length=60)),
                ("address", models.CharField(max_length=200)),
                ("language", models.CharField(max_length=10)),
                ("read_on", models.DateField()),
                ("licence", models.CharField(max_length=60)),
                ("licence_url", models.CharField(max_length=200)),
                ("source", models.CharField(max_length=200)),
                ("attribution", models.CharField(max_length=200)),
            ],
            options={"verbose_name_plural": "directories"},
        ),
        migrations.CreateModel(
            name="Reference",
            fields=[
                _id(),
                (
                    "directory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="catalogue.directory"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("agency", models.CharField(max_length=120)),
                ("agency_code", models.SlugField(max_length=120)),
                ("ministry", models.CharField(max_length=160)),
                ("url", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(url="") | Q(url__regex=r"^https?://[^/\s]+\S*$"),
                        name="reference_leads_to_a_web_address",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.TextField(primary_key=True, serialize=False)),
                ("entries", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [
                    GinIndex(
                        fields=["word"], name="search_word_trigrams", opclasses=["gin_trgm_ops"]
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                _id(),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("names", models.JSONField()),
                ("meanings", models.JSONField()),
                ("in_place", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                _id(),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("asked", models.JSONField()),
                ("answers", models.JSONField()),
                ("unofficial", models.JSONField(default=list)),
                ("source", models.CharField(blank=True, max_length=400)),
                ("position", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="MissedSearch",
            fields=[
                _id(),
                ("day", models.DateField()),
                ("word", models.CharField(max_length=30)),
                ("language", models.CharField(max_length=10)),
                ("times", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["day", "word", "language"], name="missed_word_counted_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=Q(times__gte=1), name="missed_word_was_looked_for"
                    ),
                    models.CheckConstraint(
                        condition=~Q(word__regex=r"[0-9@]"), name="missed_word_is_nobodys_number"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="PageReport",
            fields=[
                _id(),
                (
                    "verdict",
                    models.CharField(
                        choices=[("right", "Right"), ("wrong", "Wrong")], max_length=5
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=1_000)),
                ("language", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="catalogue.service",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.serviceversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["service", "at"], name="page_reports_of_a_service")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(verdict__in=["right", "wrong"]),
                        name="page_report_verdict_known",
                    ),
                    models.CheckConstraint(
                        condition=LessThanOrEqual(Length("words"), 1_000),
                        name="page_report_words_short",
                    ),
                ],
            },
        ),
        migrations.RunSQL((SQL / "found.sql").read_text(), (SQL / "found_reverse.sql").read_text()),
        # Slips are compared with single words now, not with every phrase.
        migrations.RemoveIndex("searchentry", "search_trigrams"),
        migrations.AlterField(
            "searchentry",
            "service",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, to="catalogue.service"
            ),
        ),
        migrations.AddField(
            "searchentry",
            "reference",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, to="catalogue.reference"
            ),
        ),
        migrations.AddConstraint(
            "searchentry",
            models.CheckConstraint(
                condition=Q(service__isnull=False, reference__isnull=True)
                | Q(service__isnull=True, reference__isnull=False),
                name="search_entry_finds_one_thing",
            ),
        ),
        # Taken back, a phrase must be a service's again.
        migrations.RunSQL(
            migrations.RunSQL.noop, "DELETE FROM catalogue_searchentry WHERE service_id IS NULL"
        ),
    ]
