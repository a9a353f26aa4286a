"""What a person takes out of here: all that is kept about her, hers for a day."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0022_agents"),
        ("accounts", "0009_codes"),
        ("kernel", "0004_privacy"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("ready_at", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_column="sha256",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.storedfile",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(ready_at=None), fields=["asked_at"], name="data_export_to_make"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(file=None, ready_at=None, until=None)
                        | Q(file__isnull=False, ready_at__isnull=False, until__gt=F("ready_at")),
                        name="export_ready_with_its_file",
                    ),
                    models.UniqueConstraint(
                        condition=Q(ready_at=None),
                        fields=("person",),
                        name="one_export_a_person_at_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "kept_files.sql").read_text(encoding="utf-8"),
            (SQL / "kept_files_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
