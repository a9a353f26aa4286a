"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql


class Migration(migrations.Migration):
    dependencies = [("payments", "0028_waived")]

    operations = [sql.never_deleted("payments_statement_preview")]
