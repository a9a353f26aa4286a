"""What the application has no reason to delete, it has no right to delete."""

from django.db import migrations

from kernel import sql

TABLES = ("documents_publiclist",)


class Migration(migrations.Migration):
    dependencies = [("documents", "0011_hands")]

    operations = [
        migrations.RunSQL(sql.never_deleted(*TABLES), sql.never_deleted_reverse(*TABLES)),
    ]
