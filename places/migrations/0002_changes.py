"""Areas that a reform dissolved, and where their cases go."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AreaChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("old_code", models.CharField(max_length=20)),
                ("old_name", models.CharField(max_length=100)),
                (
                    "new",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.area",
                    ),
                ),
                ("since", models.DateField()),
                ("law", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["old_code", "new"], name="area_change_told_once"
                    ),
                    models.CheckConstraint(
                        condition=~Q(law="") & ~Q(old_code="") & ~Q(old_name=""),
                        name="area_change_names_its_law",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "changes.sql").read_text(encoding="utf-8"),
            (SQL / "changes_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
