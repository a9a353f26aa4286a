"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql


class Migration(migrations.Migration):
    dependencies = [("documents", "0011_hands")]

    operations = [sql.never_deleted("documents_publiclist")]
