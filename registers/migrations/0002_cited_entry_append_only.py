from django.db import migrations

from kernel import sql


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        sql.run(
            sql.append_only("registers_citedentry"),
            sql.append_only_reverse("registers_citedentry"),
        ),
    ]
