"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_erasure")]

    operations = [
        sql.never_deleted(
            "kernel_delivery",
            "kernel_pulse",
            "kernel_retention_run",
        ),
    ]
