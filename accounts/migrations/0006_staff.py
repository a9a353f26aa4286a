"""How staff come and leave: invitations, the state's directory, and where somebody is signed in."""

from datetime import timedelta
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).resolve().parent.parent / "sql"
MAILS = [
    ("waiting", "not sent yet"),
    ("sending", "being sent"),
    ("sent", "sent"),
    ("unsure", "perhaps sent"),
    ("failed", "not delivered"),
]


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _account(*, related_name="+", null=False):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_factors"), ("sessions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", _id()),
                ("at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("token_hash", models.BinaryField(max_length=32, null=True, unique=True)),
                ("mail", models.CharField(choices=MAILS, default="waiting", max_length=10)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("account", _account(related_name="invitations")),
                ("by", _account()),
                ("revoked_by", _account(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            expires_at__gt=F("at"), expires_at__lte=F("at") + timedelta(hours=72)
                        ),
                        name="invitation_life_limited",
                    ),
                    models.CheckConstraint(
                        condition=Q(accepted_at=None)
                        | Q(
                            accepted_at__gte=F("at"),
                            accepted_at__lt=F("expires_at"),
                            token_hash__isnull=False,
                            revoked_at=None,
                        ),
                        name="invitation_accepted_in_its_life",
                    ),
                    models.CheckConstraint(
                        condition=Q(revoked_by=None, revoked_at=None)
                        | Q(revoked_by__isnull=False, revoked_at__isnull=False),
                        name="invitation_revoked_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=Q(mail__in=[mail for mail, _ in MAILS]),
                        name="invitation_mail_known",
                    ),
                    models.CheckConstraint(
                        condition=~Q(mail="sending")
                        | Q(lease_until__isnull=False, token_hash__isnull=False),
                        name="invitation_sending_is_leased",
                    ),
                    models.UniqueConstraint(
                        fields=["account"],
                        condition=Q(accepted_at=None, revoked_at=None),
                        name="invitation_open_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["due_at", "id"],
                        condition=Q(mail__in=["waiting", "sending"]),
                        name="invitation_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DirectorySubject",
            fields=[
                ("id", _id()),
                ("issuer", models.CharField(max_length=255)),
                ("subject", models.CharField(max_length=255)),
                ("bound_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("account", _account(related_name="subjects")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["issuer", "subject"],
                        condition=Q(ended_at=None),
                        name="directory_subject_one_account",
                    ),
                    models.UniqueConstraint(
                        fields=["issuer", "account"],
                        condition=Q(ended_at=None),
                        name="directory_account_one_subject",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", _id()),
                ("session_key", models.CharField(blank=True, max_length=40)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                (
                    "strength",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("device", models.CharField(blank=True, max_length=60)),
                ("network", models.CharField(blank=True, max_length=45)),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=12)),
                ("account", _account(related_name="visits")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(seen_at__gte=F("started_at")), name="visit_seen_after_start"
                    ),
                    models.CheckConstraint(
                        condition=Q(ended_at=None, end_reason="")
                        | (Q(ended_at__isnull=False, session_key="") & ~Q(end_reason="")),
                        name="visit_ended_keeps_no_key",
                    ),
                    models.UniqueConstraint(
                        fields=["session_key"],
                        condition=Q(ended_at=None),
                        name="visit_one_a_session",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["account", "-seen_at"], name="visit_by_account"),
                    models.Index(fields=["seen_at"], condition=Q(ended_at=None), name="visit_live"),
                    models.Index(
                        fields=["ended_at"],
                        condition=Q(ended_at__isnull=False),
                        name="visit_by_end",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "staff.sql").read_text(encoding="utf-8"),
            (SQL / "staff_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
