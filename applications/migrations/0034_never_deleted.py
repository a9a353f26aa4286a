"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql

TABLES = ("applications_saveddraft",)


class Migration(migrations.Migration):
    dependencies = [("applications", "0033_drafts")]

    operations = [
        migrations.RunSQL(sql.never_deleted(*TABLES), sql.never_deleted_reverse(*TABLES)),
    ]
