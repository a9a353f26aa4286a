"""What a page of an office tells: its head's title, its address, where its area lies on a map."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import Q

# A country has some twenty thousand areas: what reads them all to make an index is done at once.
HOLDS_FOR_A_MOMENT = """
-- squawk-ignore-file
CREATE EXTENSION IF NOT EXISTS pg_trgm
"""


class Migration(migrations.Migration):
    dependencies = [("places", "0002_changes")]

    operations = [
        migrations.RunSQL(HOLDS_FOR_A_MOMENT, migrations.RunSQL.noop),
        migrations.AddField("agency", "charter", models.JSONField(db_default={})),
        migrations.AddField("office", "head", models.JSONField(db_default={})),
        migrations.AddField(
            "office", "address", models.CharField(max_length=200, blank=True, db_default="")
        ),
        migrations.AddField("office", "email", models.EmailField(blank=True, db_default="")),
        migrations.AddField("office", "one_stop", models.BooleanField(db_default=False)),
        migrations.AddField(
            "area", "latitude", models.DecimalField(max_digits=8, decimal_places=6, null=True)
        ),
        migrations.AddField(
            "area", "longitude", models.DecimalField(max_digits=9, decimal_places=6, null=True)
        ),
        migrations.AddConstraint(
            "area",
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
                name="area_lies_on_the_earth",
            ),
        ),
        migrations.AddIndex(
            "area",
            GinIndex(fields=["name"], name="area_name_trigrams", opclasses=["gin_trgm_ops"]),
        ),
        migrations.AddIndex(
            "area",
            GinIndex(fields=["name_alt"], name="area_alt_trigrams", opclasses=["gin_trgm_ops"]),
        ),
    ]
