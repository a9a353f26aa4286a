"""Papers that a register issues by itself, and the slips that an office writes about a case."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
SLIPS = ["acknowledgement", "completion_request", "refusal", "apology", "control_slip"]
ANSWERS = ["issued", "no_entry", "several", "other_person", "differs", "denies", "silent"]


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _to(model, *, one=False, related_name="+"):
    link = models.OneToOneField if one else models.ForeignKey
    return link(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model)


def _choices(codes):
    return [(code, code.replace("_", " ").title()) for code in codes]


def _append_only(table):
    return sql.run(sql.append_only(table), sql.append_only_reverse(table))


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0003_signing_until"),
        ("documents", "0009_claims"),
        ("places", "0001_initial"),
        ("registers", "0004_criminal"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisterQuestion",
            fields=[
                ("id", _id()),
                (
                    "application",
                    _to("applications.application", one=True, related_name="register_question"),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                (
                    "answer",
                    models.CharField(
                        blank=True, choices=_choices(ANSWERS), default="", max_length=12
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(answer__in=["", *ANSWERS]), name="question_answer_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(answer="", answered_at=None)
                        | (~Q(answer="") & Q(answered_at__isnull=False)),
                        name="question_answered_at_a_time",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["due_at"], name="question_open", condition=Q(answer="")),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseSlip",
            fields=[
                ("id", _id()),
                ("kind", models.CharField(choices=_choices(SLIPS), max_length=20)),
                ("version", models.PositiveIntegerField()),
                ("due_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("application", _to("applications.application", related_name="slips")),
                ("paper", _to("documents.paper", one=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=SLIPS), name="case_slip_kind_known"
                    ),
                    models.UniqueConstraint(
                        fields=["application", "kind", "version"],
                        name="case_slip_once_a_version",
                    ),
                    models.UniqueConstraint(
                        fields=["application", "kind"],
                        condition=Q(kind__in=("acknowledgement", "apology")),
                        name="case_slip_once_a_case",
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="apology", due_at__isnull=False)
                        | (~Q(kind="apology") & Q(due_at=None)),
                        name="apology_promises_anew",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DaySlip",
            fields=[
                ("id", _id()),
                ("day", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("office", _to("places.office")),
                ("paper", _to("documents.paper", one=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["office", "day"], name="register_of_a_day_once"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "by_office_and_day.sql").read_text(encoding="utf-8"),
            (SQL / "by_office_and_day_reverse.sql").read_text(encoding="utf-8"),
            state_operations=[
                migrations.AddIndex(
                    model_name="application",
                    index=models.Index(
                        fields=["promised_at", "id"],
                        name="case_of_office_by_promise",
                        condition=Q(
                            status__in=(
                                "IN_QUEUE",
                                "UNDER_REVIEW",
                                "AWAITING_SECOND",
                                "AWAITING_SIGNATURE",
                            )
                        ),
                    ),
                ),
                migrations.AddIndex(
                    model_name="statuschange",
                    index=models.Index(
                        fields=["office", "changed_at"],
                        name="move_of_office_on_a_day",
                        condition=Q(office__isnull=False),
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="office",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="places.office",
            ),
        ),
        _append_only("applications_caseslip"),
        _append_only("applications_dayslip"),
        migrations.RunSQL(
            (SQL / "by_register.sql").read_text(encoding="utf-8"),
            (SQL / "by_register_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
