"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_forgotten")]

    operations = [sql.never_deleted("notifications_message")]
