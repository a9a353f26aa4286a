"""What registers said to what an applicant typed."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"
OUTCOMES = [
    ("agrees", "Agrees"),
    ("differs", "Differs"),
    ("unchecked", "Unchecked"),
]


def _to(model, related_name="+"):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model
    )


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0028_guard"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Lookup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field_code", models.CharField(max_length=60)),
                ("about", models.BinaryField(max_length=32)),
                ("outcome", models.CharField(choices=OUTCOMES, max_length=12)),
                ("at", models.DateTimeField()),
                ("application", _to("applications.application", "lookups")),
                ("asked_by", _to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(outcome__in=["agrees", "differs"]), name="lookup_is_answered"
                    ),
                    models.UniqueConstraint(
                        fields=["application", "field_code", "about"], name="lookup_answered_once"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "lookups.sql").read_text(encoding="utf-8"),
            (SQL / "lookups_reverse.sql").read_text(encoding="utf-8"),
        ),
        sql.run(
            sql.append_only("applications_lookup"), sql.append_only_reverse("applications_lookup")
        ),
    ]
