"""Agents who help people apply: their licences, what they take, and texts from phones."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import kernel.crypto
from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"


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


def _because():
    return models.CharField(blank=True, db_default="", default="", max_length=200)


def _told_whole(name, *, because=False):
    by, at = f"{name}_by", f"{name}_at"
    done = Q(**{f"{by}__isnull": False, f"{at}__isnull": False})
    if because:
        done &= ~Q(**{f"{name}_because": ""})
    return Q(**{f"{by}__isnull": True, f"{at}__isnull": True}) | done


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_codes")]

    operations = [
        migrations.CreateModel(
            name="Agent",
            fields=[
                _id(),
                ("account", _to(settings.AUTH_USER_MODEL, related_name="licences")),
                ("licence", models.CharField(max_length=40)),
                ("business", models.CharField(max_length=120)),
                ("agency", _to("places.agency")),
                ("area", _to("places.area")),
                ("phone", _to("accounts.contactpoint")),
                ("fee_minor", models.BigIntegerField()),
                ("fee_currency", models.CharField(max_length=3)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("registered_by", _account()),
                ("registered_at", models.DateTimeField()),
                ("confirmed_by", _account(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("suspended_by", _account(null=True)),
                ("suspended_at", models.DateTimeField(null=True)),
                ("suspended_because", _because()),
                ("ended_by", _account(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", _because()),
            ],
            options={
                "indexes": [models.Index(fields=["licence"], name="agent_by_licence")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(fee_minor__gte=0), name="agent_fee_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=Q(until_at__gt=F("from_at")), name="agent_until_after_from"
                    ),
                    models.CheckConstraint(
                        condition=_told_whole("confirmed"), name="agent_confirmed_by_somebody"
                    ),
                    models.CheckConstraint(
                        condition=_told_whole("suspended", because=True),
                        name="agent_suspended_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=_told_whole("ended", because=True),
                        name="agent_ended_with_a_reason",
                    ),
                    models.UniqueConstraint(
                        fields=["licence"], condition=Q(ended_at=None), name="agent_licence_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgentFee",
            fields=[
                _id(),
                ("agent", _to("accounts.agent", related_name="fees")),
                ("service_code", models.CharField(max_length=60)),
                ("fee_minor", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["agent", "service_code"], name="agent_fee_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(fee_minor__gte=0), name="agent_service_fee_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomingText",
            fields=[
                _id(),
                ("gateway_id", models.CharField(max_length=80, unique=True)),
                ("contact", _to("accounts.contactpoint", null=True)),
                ("text", kernel.crypto.EncryptedTextField()),
                ("received_at", models.DateTimeField()),
            ],
        ),
        sql.run(sql.append_only("accounts_agentfee"), sql.append_only_reverse("accounts_agentfee")),
        migrations.RunSQL(
            (SQL / "agents.sql").read_text(encoding="utf-8"),
            (SQL / "agents_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
