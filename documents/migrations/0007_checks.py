"""Who looked at a paper, by kind and time, and what its holder agreed to."""

from datetime import timedelta
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0006_credentials"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency", models.CharField(help_text="as the holder names it", max_length=120)),
                ("purpose", models.CharField(max_length=200)),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("given_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="documents.paper",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            until__gt=F("given_at"), until__lte=F("given_at") + timedelta(days=90)
                        ),
                        name="consent_at_most_90_days",
                    ),
                    models.CheckConstraint(
                        condition=Q(taken_back_at=None) | Q(taken_back_at__gte=F("given_at")),
                        name="consent_taken_back_after_it_was_given",
                    ),
                    models.CheckConstraint(
                        condition=~Q(agency="") & ~Q(purpose=""),
                        name="consent_says_to_whom_and_what_for",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("page", "On the page, by code"),
                            ("api", "By a machine, by code"),
                            ("file", "By the file"),
                            ("agency", "By an agency, with the holder's consent"),
                        ],
                        max_length=6,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "consent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to="documents.consent",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to="documents.paper",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["paper", "-at"], name="look_of_paper"),
                    models.Index(fields=["at"], name="look_by_time"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=["page", "api", "file", "agency"]),
                        name="look_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="agency", consent__isnull=False)
                        | (~Q(kind="agency") & Q(consent=None)),
                        name="look_of_an_agency_has_its_consent",
                    ),
                    models.UniqueConstraint(
                        condition=Q(consent=None),
                        fields=("paper", "kind", "at"),
                        name="look_once_a_minute",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "0007_checks.sql").read_text(), (SQL / "0007_checks_reverse.sql").read_text()
        ),
    ]
