"""Who applies for a child or a ward, and how sure we must be of whoever applies."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("applications", "0018_routed"), ("accounts", "0008_people")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="guardian",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.person",
            ),
        ),
        migrations.RunSQL(
            (SQL / "people.sql").read_text(encoding="utf-8"),
            (SQL / "people_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
