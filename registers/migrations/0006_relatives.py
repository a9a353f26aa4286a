"""Whose family the population register says an officer is."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("registers", "0005_paper_entries")]

    operations = [
        migrations.CreateModel(
            name="Family",
            fields=[
                ("id", ID),
                (
                    "person",
                    models.BigIntegerField(
                        help_text="the person of the member of staff", unique=True
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("told_at", models.DateTimeField(null=True)),
                ("warned_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "families",
                "indexes": [models.Index(fields=["due_at"], name="family_due")],
            },
        ),
        migrations.CreateModel(
            name="Relative",
            fields=[
                ("id", ID.clone()),
                ("person_index", models.BinaryField(max_length=32)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relatives",
                        to="registers.family",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person_index", "family"), name="relative_once")
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "0006_relatives.sql").read_text(encoding="utf-8"),
            (SQL / "0006_relatives_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
