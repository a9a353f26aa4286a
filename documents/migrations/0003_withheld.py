"""A paper can be withheld while its payment is in doubt."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_rules")]

    operations = [
        migrations.RunSQL(
            (SQL / "0003_withheld.sql").read_text(),
            (SQL / "0003_withheld_reverse.sql").read_text(),
            state_operations=[
                migrations.AddField("paper", "withheld_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
