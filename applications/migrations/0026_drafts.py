"""Drafts of people who have not proved themselves yet: kept 30 days, then emptied for good."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import kernel.crypto

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0025_erasure"),
        ("accounts", "0012_erasure"),
        ("catalogue", "0002_published_versions_are_frozen"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("service_code", models.CharField(max_length=60)),
                ("language", models.CharField(max_length=10)),
                ("answers", kernel.crypto.EncryptedTextField(null=True)),
                ("code_hash", models.BinaryField(max_length=32, null=True)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.application",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.contactpoint",
                    ),
                ),
                (
                    "service_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.serviceversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ended_at=None, answers__isnull=False)
                        | Q(ended_at__isnull=False, answers=None, contact=None, code_hash=None),
                        name="ended_draft_holds_nothing",
                    ),
                    models.CheckConstraint(
                        condition=Q(application=None) | Q(ended_at__isnull=False),
                        name="draft_that_became_a_case_is_ended",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["changed_at", "id"],
                        name="saved_draft_to_forget",
                        condition=Q(ended_at=None),
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "drafts.sql").read_text(encoding="utf-8"),
            (SQL / "drafts_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
