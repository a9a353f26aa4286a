"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0009_fees")]

    operations = [
        sql.never_deleted(
            "catalogue_category",
            "catalogue_pagereport",
            "catalogue_service",
            "catalogue_serviceversion",
        ),
    ]
