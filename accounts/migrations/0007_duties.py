"""Acts that never lie in one hand, and why a right was given or ended."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def _because():
    return models.CharField(blank=True, db_default="", default="", max_length=200)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_staff")]

    operations = [
        migrations.AddField(model_name="grant", name="given_because", field=_because()),
        migrations.AddField(model_name="grant", name="ended_because", field=_because()),
        migrations.CreateModel(
            name="ConflictingActs",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_act", models.CharField(max_length=60)),
                ("second_act", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "accounts_conflicting_acts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("first_act", "second_act"), name="conflicting_acts_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "duties.sql").read_text(encoding="utf-8"),
            (SQL / "duties_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
