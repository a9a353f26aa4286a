"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql

TABLES = (
    "catalogue_category",
    "catalogue_pagereport",
    "catalogue_service",
    "catalogue_serviceversion",
)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0009_fees")]

    operations = [
        migrations.RunSQL(sql.never_deleted(*TABLES), sql.never_deleted_reverse(*TABLES)),
    ]
