"""Pages are kept right: confirmed by focal points, and what readers found wrong is answered."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"


def _id():
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


def _account():
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0005_measured"), ("accounts", "0011_agents")]

    operations = [
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                _id(),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmations",
                        to="catalogue.serviceversion",
                    ),
                ),
                ("by", _account()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["version", "at"], name="confirmations_of_a_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportAnswer",
            fields=[
                _id(),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer",
                        to="catalogue.pagereport",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("mended", "Mended"),
                            ("was_right", "The page was right"),
                            ("unclear", "Cannot tell what was meant"),
                        ],
                        max_length=9,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                ("by", _account()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(outcome__in=["mended", "was_right", "unclear"]),
                        name="report_answer_outcome_known",
                    ),
                ],
            },
        ),
        *(
            sql.run(sql.append_only(table), sql.append_only_reverse(table))
            for table in ("catalogue_confirmation", "catalogue_reportanswer")
        ),
        sql.run(
            (SQL / "kept.sql").read_text(encoding="utf-8"),
            (SQL / "kept_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
