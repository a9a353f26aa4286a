"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql


class Migration(migrations.Migration):
    dependencies = [("applications", "0033_drafts")]

    operations = [sql.never_deleted("applications_saveddraft")]
