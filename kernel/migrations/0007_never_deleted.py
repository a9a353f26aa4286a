"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql

TABLES = (
    "kernel_delivery",
    "kernel_pulse",
    "kernel_retention_run",
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_erasure")]

    operations = [
        migrations.RunSQL(sql.never_deleted(*TABLES), sql.never_deleted_reverse(*TABLES)),
    ]
