"""How many codes are sent to ranges of numbers, and how many are typed."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_people")]
    operations = [
        migrations.CreateModel(
            name="CodeTraffic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number_range", models.CharField(max_length=12)),
                ("slot_at", models.DateTimeField()),
                ("sent", models.IntegerField(db_default=0)),
                ("used", models.IntegerField(db_default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["slot_at"], name="code_traffic_by_slot")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("number_range", "slot_at"), name="code_traffic_once_a_slot"
                    ),
                    models.CheckConstraint(
                        condition=Q(used__gte=0, used__lte=F("sent")),
                        name="code_traffic_used_were_sent",
                    ),
                ],
            },
        ),
    ]
