"""Notes, transfers, second approvals, and approval undone."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import kernel.crypto
from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
CASE = "applications.case"
EDGES = [("APPROVED", "UNDER_REVIEW"), ("AWAITING_SIGNATURE", "UNDER_REVIEW")]
REASONS = {
    "not_ours": "Another office decides this",
    "conflict": "I have an interest in it",
    "workload": "I have too much to do",
    "absent": "I shall be away",
    "asked": "I was asked to",
}


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _to(model, *, related_name="+", null=False, link=models.ForeignKey):
    return link(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=model,
    )


def _somebody(*, null=False):
    return _to(settings.AUTH_USER_MODEL, null=null)


def _append_only(table):
    return sql.run(sql.append_only(table), sql.append_only_reverse(table))


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("documents", "0009_claims"),
        ("places", "0001_initial"),
        ("registers", "0005_paper_entries"),
        ("applications", "0005_tally"),
    ]

    operations = [
        sql.run(sql.edges(CASE, EDGES), sql.edges_reverse(CASE, EDGES)),
        migrations.CreateModel(
            name="CaseNote",
            fields=[
                ("id", _id()),
                ("text", kernel.crypto.EncryptedTextField()),
                ("at", models.DateTimeField()),
                ("application", _to("applications.application", related_name="notes")),
                ("by", _somebody()),
            ],
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", _id()),
                ("version", models.PositiveIntegerField()),
                ("by_supervisor", models.BooleanField()),
                (
                    "reason_code",
                    models.CharField(choices=list(REASONS.items()), max_length=20),
                ),
                ("text", kernel.crypto.EncryptedTextField(default="")),
                ("at", models.DateTimeField()),
                ("application", _to("applications.application", related_name="transfers")),
                ("by", _somebody()),
                ("from_office", _to("places.office")),
                ("from_officer", _somebody()),
                ("to_office", _to("places.office")),
                ("to_officer", _somebody(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["application", "version"], name="one_transfer_a_move"
                    ),
                    models.CheckConstraint(
                        condition=Q(reason_code__in=list(REASONS)), name="transfer_reason_known"
                    ),
                    models.CheckConstraint(
                        condition=~Q(from_office=F("to_office"))
                        | (Q(to_officer__isnull=False) & ~Q(from_officer=F("to_officer"))),
                        name="transfer_goes_somewhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondApproval",
            fields=[
                ("id", _id()),
                ("version", models.PositiveIntegerField()),
                ("approved", models.BooleanField()),
                ("text", kernel.crypto.EncryptedTextField(default="")),
                ("at", models.DateTimeField()),
                ("application", _to("applications.application", related_name="seconds")),
                ("first", _somebody()),
                ("second", _somebody()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["application", "version"], name="one_second_a_move"
                    ),
                    models.CheckConstraint(
                        condition=~Q(first=F("second")), name="second_approval_two_people"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UndoneApproval",
            fields=[
                ("id", _id()),
                ("version", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("application", _to("applications.application", related_name="undone")),
                ("by", _somebody()),
                ("paper", _to("documents.paper", link=models.OneToOneField)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["application", "version"], name="one_undoing_a_move"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeskAct",
            fields=[
                ("id", _id()),
                ("key", models.UUIDField()),
                ("act", models.CharField(max_length=80)),
                ("done_at", models.DateTimeField()),
                ("account", _somebody()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["account", "key"], name="desk_act_once"),
                ],
                "indexes": [models.Index(fields=["done_at"], name="desk_act_by_time")],
            },
        ),
        _append_only("applications_casenote"),
        _append_only("applications_transfer"),
        _append_only("applications_secondapproval"),
        _append_only("applications_undoneapproval"),
        migrations.RunSQL(
            (SQL / "acts.sql").read_text(encoding="utf-8"),
            (SQL / "acts_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
