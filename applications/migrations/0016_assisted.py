"""Cases that a helper sends in with the citizen's consent."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
KINDS = {"code": "A code on the phone", "slip": "A signed slip"}
OUTCOMES = {
    "good": "It is in order",
    "doubtful": "It is doubtful",
    "false": "The person did not agree",
}


def _id():
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


def _to(model, *, related_name="+", link=models.ForeignKey, **more):
    return link(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model, **more
    )


def _somebody(**more):
    return _to(settings.AUTH_USER_MODEL, **more)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("kernel", "0001_initial"),
        ("places", "0001_initial"),
        ("applications", "0015_downtime"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assistance",
            fields=[
                _id(),
                ("service_code", models.CharField(max_length=60)),
                ("language", models.CharField(max_length=10)),
                ("fee_minor", models.BigIntegerField()),
                ("fee_currency", models.CharField(max_length=3)),
                ("begun_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "application",
                    _to(
                        "applications.application",
                        related_name="assistance",
                        link=models.OneToOneField,
                        null=True,
                    ),
                ),
                ("contact", _to("accounts.contactpoint")),
                ("helper", _somebody()),
                ("holder", _to("accounts.person")),
                ("office", _to("places.office")),
            ],
            options={
                "indexes": [models.Index(fields=["helper", "-id"], name="help_of_helper")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(fee_minor__gte=0), name="help_fee_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=Q(revoked_at=None) | Q(application__isnull=False),
                        name="help_revoked_has_a_case",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpConsent",
            fields=[
                _id(),
                ("kind", models.CharField(choices=list(KINDS.items()), max_length=10)),
                ("code_id", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("given_at", models.DateTimeField(null=True)),
                ("assistance", _to("applications.assistance", related_name="consents")),
                ("completion", _to("applications.completionrequest", null=True)),
                ("scan", _to("kernel.storedfile", null=True, db_column="scan_sha256")),
                ("witness", _somebody(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["given_at"],
                        name="slip_consent_by_day",
                        condition=Q(kind="slip"),
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=list(KINDS)), name="help_consent_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(given_at=None)
                        | Q(kind="code", code_id__isnull=False)
                        | Q(kind="slip", scan__isnull=False, witness__isnull=False),
                        name="help_consent_has_its_proof",
                    ),
                    models.UniqueConstraint(
                        fields=["assistance"],
                        condition=Q(completion=None),
                        name="one_consent_to_apply",
                    ),
                    models.UniqueConstraint(
                        fields=["completion"],
                        condition=Q(completion__isnull=False),
                        name="one_consent_a_completion",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentCheck",
            fields=[
                _id(),
                ("outcome", models.CharField(choices=list(OUTCOMES.items()), max_length=10)),
                ("at", models.DateTimeField()),
                ("by", _somebody()),
                (
                    "consent",
                    _to(
                        "applications.helpconsent",
                        related_name="check_up",
                        link=models.OneToOneField,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(outcome__in=list(OUTCOMES)), name="help_check_outcome_known"
                    ),
                ],
            },
        ),
        sql.run(
            sql.append_only("applications_consentcheck"),
            sql.append_only_reverse("applications_consentcheck"),
        ),
        migrations.RunSQL(
            (SQL / "assisted.sql").read_text(encoding="utf-8"),
            (SQL / "assisted_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
