"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql

TABLES = ("notifications_message",)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_forgotten")]

    operations = [
        migrations.RunSQL(sql.never_deleted(*TABLES), sql.never_deleted_reverse(*TABLES)),
    ]
