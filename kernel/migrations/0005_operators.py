"""Operators see where an event comes from, what is parked, and when each job last ran."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_privacy")]

    operations = [
        migrations.RunSQL(
            (SQL / "operators.sql").read_text(encoding="utf-8"),
            (SQL / "operators_reverse.sql").read_text(encoding="utf-8"),
            state_operations=[
                migrations.AddField(
                    "eventrow", "request_id", models.CharField(max_length=32, null=True)
                ),
                migrations.AddField(
                    "eventrow", "traceparent", models.CharField(max_length=55, null=True)
                ),
                migrations.AddIndex(
                    "delivery",
                    models.Index(
                        fields=["handler", "id"],
                        name="delivery_parked",
                        condition=Q(state="PARKED"),
                    ),
                ),
                migrations.CreateModel(
                    "Pulse",
                    [
                        (
                            "name",
                            models.CharField(max_length=200, primary_key=True, serialize=False),
                        ),
                        ("times", models.BigIntegerField(db_default=0)),
                        ("ran_at", models.DateTimeField(null=True)),
                        ("broke_at", models.DateTimeField(null=True)),
                        ("trouble", models.CharField(blank=True, db_default="", max_length=120)),
                    ],
                    options={"db_table": "kernel_pulse"},
                ),
            ],
        ),
    ]
