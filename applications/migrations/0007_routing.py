"""Why a case went where it went."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from kernel import sql

TABLE = "applications_routingnote"


def _to(model, *, related_name="+", null=False):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0004_presence"),
        ("places", "0002_changes"),
        ("applications", "0006_acts"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("reasons", models.JSONField()),
                ("candidates", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("application", _to("applications.application", related_name="routings")),
                ("office", _to("places.office")),
                ("officer", _to(settings.AUTH_USER_MODEL, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["application", "version"], name="one_routing_a_move"
                    ),
                    models.CheckConstraint(condition=~Q(reasons=[]), name="routing_gives_a_reason"),
                    models.CheckConstraint(
                        condition=Q(officer=None) | Q(candidates__gt=0),
                        name="routed_to_a_candidate",
                    ),
                ],
            },
        ),
        sql.run(sql.append_only(TABLE), sql.append_only_reverse(TABLE)),
    ]
