"""Guardians, meetings at a counter, changes of phone; "met" is what being sure is called."""

from datetime import timedelta
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
KINDS = [("parent", "parent"), ("guardian", "guardian by order")]
DOCUMENTS = [
    ("identity_card", "Identity card"),
    ("passport", "Passport"),
    ("refugee_card", "Refugee or foreigner's card"),
]
ASSURANCES = [
    ("phone", "by phone only"),
    ("matched", "matched to the population register"),
    ("met", "met at a counter"),
]


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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


def _note():
    return models.CharField(blank=True, default="", max_length=300)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_duties")]

    operations = [
        migrations.RemoveConstraint(model_name="person", name="assurance_known"),
        migrations.CreateModel(
            name="Guardianship",
            fields=[
                ("id", _id()),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("until_on", models.DateField()),
                ("proof_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("area_code", models.CharField(max_length=20)),
                ("asked_at", models.DateTimeField()),
                ("approved", models.BooleanField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("note", _note()),
                ("ended_at", models.DateTimeField(null=True)),
                ("guardian", _to("accounts.person", related_name="guards")),
                ("ward", _to("accounts.person", related_name="guardians")),
                ("asked_by", _account()),
                ("decided_by", _account(null=True)),
                ("ended_by", _account(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(guardian=F("ward")), name="guardian_of_another"
                    ),
                    models.CheckConstraint(
                        condition=Q(kind__in=["parent", "guardian"]), name="guardian_kind_known"
                    ),
                    models.UniqueConstraint(
                        fields=["guardian", "ward"],
                        condition=Q(ended_at=None) & (Q(approved=None) | Q(approved=True)),
                        name="guardian_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(approved=None, decided_at=None, decided_by=None)
                        | Q(approved__isnull=False, decided_at__isnull=False),
                        name="guardian_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=Q(approved=None)
                        | Q(decided_by__isnull=False)
                        | Q(approved=True, kind="parent"),
                        name="guardian_register_knows_parents_only",
                    ),
                    models.CheckConstraint(
                        condition=Q(approved=True, decided_by=None) | ~Q(proof_sha256=""),
                        name="guardian_shows_a_proof",
                    ),
                    models.CheckConstraint(
                        condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                        name="guardian_two_people",
                    ),
                    models.CheckConstraint(
                        condition=Q(ended_at=None, ended_by=None)
                        | Q(ended_at__gte=F("asked_at"), ended_by__isnull=False),
                        name="guardian_ended_by_somebody",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["area_code", "asked_at"],
                        name="guardian_waiting",
                        condition=Q(approved=None, ended_at=None),
                    ),
                    models.Index(fields=["proof_sha256"], name="guardian_proof"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", _id()),
                ("document", models.CharField(choices=DOCUMENTS, max_length=20)),
                ("at", models.DateTimeField()),
                ("by", _account()),
                ("person", _to("accounts.person", related_name="meetings")),
                ("contact", _to("accounts.contactpoint", null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(document__in=["identity_card", "passport", "refugee_card"]),
                        name="meeting_document_known",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="PhoneChange",
            fields=[
                ("id", _id()),
                ("at_counter", models.BooleanField(default=False)),
                (
                    "document",
                    models.CharField(blank=True, choices=DOCUMENTS, default="", max_length=20),
                ),
                ("note", _note()),
                ("asked_at", models.DateTimeField()),
                ("proven_at", models.DateTimeField(null=True)),
                ("effective_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("person", _to("accounts.person", related_name="phone_changes")),
                ("old_contact", _to("accounts.contactpoint")),
                ("new_contact", _to("accounts.contactpoint")),
                ("asked_by", _account()),
                ("confirmed_by", _account(null=True)),
                ("stopped_by", _account(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(old_contact=F("new_contact")), name="phone_change_to_another"
                    ),
                    models.UniqueConstraint(
                        fields=["person"],
                        condition=Q(done_at=None, stopped_at=None),
                        name="phone_change_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(proven_at=None, effective_at=None)
                        | Q(
                            proven_at__gte=F("asked_at"),
                            effective_at__gte=F("proven_at") + timedelta(hours=24),
                        ),
                        name="phone_change_proven_then_waits",
                    ),
                    models.CheckConstraint(
                        condition=Q(done_at=None)
                        | (
                            Q(proven_at__isnull=False, stopped_at=None)
                            & (Q(confirmed_at__isnull=False) | Q(done_at__gte=F("effective_at")))
                        ),
                        name="phone_change_waits_or_is_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=Q(at_counter=False)
                        | (
                            ~Q(document="")
                            & (Q(done_at=None) | Q(confirmed_at__isnull=False))
                            & (Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")))
                        ),
                        name="phone_change_two_people",
                    ),
                    models.CheckConstraint(
                        condition=Q(confirmed_at=None, confirmed_by=None)
                        | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                        name="phone_change_confirmed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=Q(stopped_at=None, stopped_by=None)
                        | Q(stopped_at__isnull=False, stopped_by__isnull=False),
                        name="phone_change_stopped_by_somebody",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["effective_at"],
                        name="phone_change_due",
                        condition=Q(done_at=None, stopped_at=None, effective_at__isnull=False),
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "people.sql").read_text(encoding="utf-8"),
            (SQL / "people_reverse.sql").read_text(encoding="utf-8"),
        ),
        migrations.RunSQL(
            sql.append_only("accounts_meeting"), sql.append_only_reverse("accounts_meeting")
        ),
        migrations.AlterField(
            model_name="person",
            name="assurance",
            field=models.CharField(choices=ASSURANCES, db_default="phone", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=Q(assurance__in=["phone", "matched", "met"]), name="assurance_known"
            ),
        ),
    ]
