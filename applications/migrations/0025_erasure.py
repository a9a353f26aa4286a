"""What an erasure may empty in a case, which cases are emptied, and copies that are given up."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLE = "applications_erasedcase"


class Migration(migrations.Migration):
    dependencies = [("applications", "0024_sealed"), ("accounts", "0012_erasure")]

    operations = [
        migrations.CreateModel(
            name="ErasedCase",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="erased",
                        serialize=False,
                        to="applications.application",
                    ),
                ),
                ("erased_at", models.DateTimeField()),
            ],
        ),
        sql.run(sql.append_only(TABLE), sql.append_only_reverse(TABLE)),
        migrations.AddField(
            model_name="dataexport",
            name="attempts",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="dataexport",
            name="failed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RemoveConstraint(model_name="dataexport", name="one_export_a_person_at_once"),
        migrations.AddConstraint(
            model_name="dataexport",
            constraint=models.UniqueConstraint(
                condition=Q(ready_at=None, failed_at=None),
                fields=("person",),
                name="one_export_a_person_at_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataexport",
            constraint=models.CheckConstraint(
                condition=Q(failed_at=None) | Q(file=None, failed_at__gte=F("asked_at")),
                name="export_given_up_has_no_file",
            ),
        ),
        migrations.RemoveIndex(model_name="dataexport", name="data_export_to_make"),
        migrations.AddIndex(
            model_name="dataexport",
            index=models.Index(
                condition=Q(ready_at=None, failed_at=None),
                fields=["asked_at"],
                name="data_export_to_make",
            ),
        ),
        migrations.RunSQL(
            (SQL / "erasure.sql").read_text(encoding="utf-8"),
            (SQL / "erasure_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
