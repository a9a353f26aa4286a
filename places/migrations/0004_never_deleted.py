"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql


class Migration(migrations.Migration):
    dependencies = [("places", "0003_offices")]

    operations = [
        sql.never_deleted(
            "places_agency",
            "places_area",
            "places_beneficiary",
            "places_office",
            "places_packload",
        ),
    ]
