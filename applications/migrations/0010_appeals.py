"""Appeals, and papers collected at a counter."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import kernel.crypto
from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
COLLECTORS = {"herself": "The applicant", "another": "Somebody with authority"}
PROOFS = {
    "national_id": "National identity card",
    "passport": "Passport",
    "driving_licence": "Driving licence",
    "other": "Another paper with a photograph",
}


def _id():
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


def _to(model, *, related_name="+", link=models.ForeignKey):
    return link(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model)


def _somebody():
    return _to(settings.AUTH_USER_MODEL)


def _case(name, link=models.OneToOneField):
    return _to("applications.application", related_name=name, link=link)


def _append_only(table):
    return sql.run(sql.append_only(table), sql.append_only_reverse(table))


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("places", "0001_initial"),
        ("applications", "0009_attachments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Appeal",
            fields=[
                _id(),
                ("version", models.PositiveIntegerField()),
                ("text", kernel.crypto.EncryptedTextField()),
                ("at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("application", _case("appeal")),
                ("by", _somebody()),
                ("refusal", _to("applications.refusal", link=models.OneToOneField)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(at__lt=F("closes_at")), name="appeal_within_its_term"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadyPaper",
            fields=[
                _id(),
                ("ready_at", models.DateTimeField()),
                ("code_hash", models.BinaryField(null=True)),
                ("code_at", models.DateTimeField(null=True)),
                ("code_tries", models.PositiveSmallIntegerField(default=0)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("application", _case("ready_paper")),
                ("by", _somebody()),
                ("office", _to("places.office")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(told_at=None) | Q(reminded_at__isnull=False),
                        name="ready_paper_reminds_before_it_tells",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["office", "ready_at"], name="ready_paper_of_office"),
                    models.Index(
                        fields=["ready_at"], name="ready_paper_untold", condition=Q(told_at=None)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GivenPaper",
            fields=[
                _id(),
                (
                    "collector",
                    models.CharField(choices=list(COLLECTORS.items()), max_length=10),
                ),
                ("proof", models.CharField(choices=list(PROOFS.items()), max_length=20)),
                ("proof_ends", models.CharField(max_length=3)),
                ("authority", kernel.crypto.EncryptedTextField(default="")),
                ("with_code", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("application", _case("given_papers", link=models.ForeignKey)),
                ("by", _somebody()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(collector__in=list(COLLECTORS)), name="collector_known"
                    ),
                    models.CheckConstraint(condition=Q(proof__in=list(PROOFS)), name="proof_known"),
                    models.CheckConstraint(
                        condition=Q(proof_ends__regex=r"^[0-9A-Z]{3}$"),
                        name="proof_ends_in_three",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GivenWitness",
            fields=[
                _id(),
                ("at", models.DateTimeField()),
                ("by", _somebody()),
                (
                    "given",
                    _to(
                        "applications.givenpaper",
                        related_name="witness",
                        link=models.OneToOneField,
                    ),
                ),
            ],
        ),
        _append_only("applications_appeal"),
        _append_only("applications_givenpaper"),
        _append_only("applications_givenwitness"),
        migrations.RunSQL(
            (SQL / "appeals.sql").read_text(encoding="utf-8"),
            (SQL / "appeals_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
