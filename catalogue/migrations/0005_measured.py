"""How long services really took, month by month."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_found")]

    operations = [
        migrations.CreateModel(
            name="MeasuredTime",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("cases", models.PositiveIntegerField()),
                (
                    "median_working_days",
                    models.DecimalField(decimal_places=1, max_digits=6, null=True),
                ),
                ("ninth_decile", models.DecimalField(decimal_places=1, max_digits=6, null=True)),
                ("measured_at", models.DateTimeField()),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="measured",
                        to="catalogue.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["service", "month"], name="measured_once_a_month"
                    ),
                    models.CheckConstraint(
                        condition=Q(month__day=1), name="measured_by_whole_months"
                    ),
                    models.CheckConstraint(condition=Q(cases__gte=1), name="measured_what_ended"),
                    models.CheckConstraint(
                        condition=Q(cases__lt=5, median_working_days=None, ninth_decile=None)
                        | Q(
                            cases__gte=5,
                            median_working_days__isnull=False,
                            median_working_days__gte=0,
                            ninth_decile__isnull=False,
                            ninth_decile__gte=F("median_working_days"),
                        ),
                        name="measured_tells_of_enough_cases",
                    ),
                ],
            },
        ),
    ]
