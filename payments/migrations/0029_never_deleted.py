"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql

TABLES = ("payments_statement_preview",)


class Migration(migrations.Migration):
    dependencies = [("payments", "0028_waived")]

    operations = [
        migrations.RunSQL(sql.never_deleted(*TABLES), sql.never_deleted_reverse(*TABLES)),
    ]
