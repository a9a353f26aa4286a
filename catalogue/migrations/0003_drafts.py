"""Drafts of services: what is edited, every revision of it, and what two people decide."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
LIFECYCLE = "catalogue.draft"
EDGES = [
    ("DRAFT", "IN_REVIEW"),
    ("IN_REVIEW", "DRAFT"),
    ("IN_REVIEW", "RETURNED"),
    ("IN_REVIEW", "APPROVED"),
    ("RETURNED", "DRAFT"),
    ("DRAFT", "DISCARDED"),
    ("RETURNED", "DISCARDED"),
    ("APPROVED", "PUBLISHED"),
    ("APPROVED", "RETURNED"),
]
STATES = [
    ("DRAFT", "being edited"),
    ("IN_REVIEW", "waits for a second person"),
    ("RETURNED", "returned to its editor"),
    ("APPROVED", "approved, waits for its day"),
    ("PUBLISHED", "published"),
    ("DISCARDED", "given up"),
]
APPROVED = ["APPROVED", "PUBLISHED"]


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


def _account(*, null=False):
    return _to(settings.AUTH_USER_MODEL, null=null)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_published_versions_are_frozen"),
        ("accounts", "0011_agents"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceDraft",
            fields=[
                _id(),
                ("code", models.SlugField(max_length=60)),
                ("base", _to("catalogue.serviceversion", null=True)),
                ("definition", models.JSONField()),
                ("revision", models.PositiveIntegerField(db_default=1, default=1)),
                (
                    "section",
                    models.CharField(blank=True, db_default="", default="", max_length=60),
                ),
                (
                    "state",
                    models.CharField(
                        choices=STATES, db_default="DRAFT", default="DRAFT", max_length=10
                    ),
                ),
                ("begun_by", _account()),
                ("begun_at", models.DateTimeField()),
                ("changed_by", _account()),
                ("changed_at", models.DateTimeField()),
                ("publish_from", models.DateTimeField(null=True)),
                ("approved_by", _account(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                (
                    "version",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draft",
                        to="catalogue.serviceversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=~Q(state__in=("PUBLISHED", "DISCARDED")),
                        fields=["code"],
                        name="draft_one_of_a_service",
                    ),
                    models.CheckConstraint(
                        condition=Q(revision__gte=1), name="draft_revision_from_one"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            state__in=APPROVED,
                            approved_by__isnull=False,
                            approved_at__isnull=False,
                            publish_from__isnull=False,
                        )
                        | (
                            ~Q(state__in=APPROVED)
                            & Q(approved_by__isnull=True, approved_at__isnull=True)
                        ),
                        name="draft_approved_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=Q(approved_at__isnull=True)
                        | Q(publish_from__gte=F("approved_at")),
                        name="draft_never_from_the_past",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="PUBLISHED", version__isnull=False)
                        | (~Q(state="PUBLISHED") & Q(version__isnull=True)),
                        name="draft_published_is_a_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftRevision",
            fields=[
                _id(),
                ("draft", _to("catalogue.servicedraft", related_name="revisions")),
                ("number", models.PositiveIntegerField()),
                ("definition", models.JSONField()),
                ("section", models.CharField(max_length=60)),
                ("by", _account()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["draft", "number"], name="draft_revision_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftReview",
            fields=[
                _id(),
                ("draft", _to("catalogue.servicedraft", related_name="reviews")),
                ("revision", models.PositiveIntegerField()),
                ("state", models.CharField(choices=STATES, max_length=10)),
                (
                    "words",
                    models.CharField(blank=True, db_default="", default="", max_length=1000),
                ),
                ("by", _account(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(state="RETURNED", words=""), name="draft_returned_with_words"
                    )
                ],
            },
        ),
        sql.run(sql.edges(LIFECYCLE, EDGES), sql.edges_reverse(LIFECYCLE, EDGES)),
        sql.run(
            sql.guard_status("catalogue_servicedraft", "state", LIFECYCLE),
            sql.guard_status_reverse("catalogue_servicedraft", "state", LIFECYCLE),
        ),
        sql.run(
            sql.keep_history("catalogue_servicedraft", "state", LIFECYCLE),
            sql.keep_history_reverse("catalogue_servicedraft", "state", LIFECYCLE),
        ),
        sql.run(
            (SQL / "drafts.sql").read_text(encoding="utf-8"),
            (SQL / "drafts_reverse.sql").read_text(encoding="utf-8"),
        ),
        *(
            sql.run(sql.append_only(table), sql.append_only_reverse(table))
            for table in ("catalogue_draftrevision", "catalogue_draftreview")
        ),
    ]
