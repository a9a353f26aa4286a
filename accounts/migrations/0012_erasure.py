"""Erasures: that a person is to be forgotten here, by two people and after a while."""

import datetime
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import kernel.crypto
from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLE, LIFECYCLE = "accounts_erasure", "accounts.erasure"
EDGES = [
    ("ASKED", "WAITING"),
    ("ASKED", "DECLINED"),
    ("ASKED", "WITHDRAWN"),
    ("WAITING", "WITHDRAWN"),
    ("WAITING", "KEPT"),
    ("WAITING", "RUNNING"),
    ("RUNNING", "DONE"),
]
STATES = [
    ("ASKED", "Asked for"),
    ("WAITING", "Decided: it waits for its day"),
    ("DECLINED", "Declined"),
    ("WITHDRAWN", "Taken back"),
    ("KEPT", "Stopped: something keeps the data"),
    ("RUNNING", "Being erased"),
    ("DONE", "Erased"),
]
DOCUMENTS = [
    ("identity_card", "Identity card"),
    ("passport", "Passport"),
    ("refugee_card", "Refugee or foreigner's card"),
]
DECIDED = ["WAITING", "RUNNING", "DONE", "KEPT", "DECLINED"]


def _to(model, *, related_name="+", null=True):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_agents"), ("kernel", "0006_erasure")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(choices=STATES, max_length=10)),
                ("by_term", models.BooleanField(default=False)),
                (
                    "document",
                    models.CharField(blank=True, choices=DOCUMENTS, default="", max_length=20),
                ),
                ("reason", kernel.crypto.EncryptedTextField(default="")),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("because", kernel.crypto.EncryptedTextField(default="")),
                ("due_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "kept_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                ("begun_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("asked_by", _to(settings.AUTH_USER_MODEL)),
                ("decided_by", _to(settings.AUTH_USER_MODEL)),
                ("stopped_by", _to(settings.AUTH_USER_MODEL)),
                ("tombstone", _to("accounts.contactpoint")),
                ("person", _to("accounts.person", related_name="erasures", null=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=[code for code, _ in STATES]),
                        name="erasure_state_known",
                    ),
                    models.UniqueConstraint(
                        fields=["person"],
                        condition=Q(state__in=["ASKED", "WAITING", "RUNNING", "DONE"]),
                        name="erasure_once_a_person",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            by_term=True, asked_by=None, decided_by=None, decided_at__isnull=False
                        )
                        | Q(by_term=False, asked_by__isnull=False),
                        name="erasure_asked_by_somebody_or_a_term",
                    ),
                    models.CheckConstraint(
                        condition=Q(by_term=True)
                        | Q(decided_by=None, decided_at=None)
                        | (
                            Q(decided_by__isnull=False, decided_at__gte=F("asked_at"))
                            & ~Q(decided_by=F("asked_by"))
                        ),
                        name="erasure_two_people",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state__in=DECIDED) | Q(decided_at__isnull=False),
                        name="erasure_decided_before_it_waits",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state__in=DECIDED[:4]) | Q(due_at__isnull=False),
                        name="erasure_has_its_day",
                    ),
                    models.CheckConstraint(
                        condition=Q(due_at=None)
                        | Q(by_term=True)
                        | Q(due_at__gte=F("decided_at") + datetime.timedelta(days=7)),
                        name="erasure_waits_for_her",
                    ),
                    models.CheckConstraint(
                        condition=(
                            ~Q(state__in=["RUNNING", "DONE"]) & Q(begun_at=None, tombstone=None)
                        )
                        | Q(
                            state__in=["RUNNING", "DONE"],
                            begun_at__gte=F("due_at"),
                            tombstone__isnull=False,
                        ),
                        name="erasure_begins_on_its_day",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["ASKED", "WAITING", "RUNNING"], ended_at=None)
                        | (
                            ~Q(state__in=["ASKED", "WAITING", "RUNNING"])
                            & Q(ended_at__gte=F("asked_at"))
                        ),
                        name="erasure_ends_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=Q(stopped_by=None) | Q(state="WITHDRAWN"),
                        name="erasure_stopped_is_over",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["state", "asked_at"], name="erasure_by_state"),
                    models.Index(
                        fields=["due_at"], name="erasure_due", condition=Q(state="WAITING")
                    ),
                ],
            },
        ),
        sql.run(sql.edges(LIFECYCLE, EDGES), sql.edges_reverse(LIFECYCLE, EDGES)),
        sql.run(
            sql.guard_status(TABLE, "state", LIFECYCLE),
            sql.guard_status_reverse(TABLE, "state", LIFECYCLE),
        ),
        sql.run(
            sql.keep_history(TABLE, "state", LIFECYCLE),
            sql.keep_history_reverse(TABLE, "state", LIFECYCLE),
        ),
        migrations.RunSQL(
            (SQL / "erasure.sql").read_text(encoding="utf-8"),
            (SQL / "erasure_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
