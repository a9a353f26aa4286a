"""A grant may name whose money it is about; like the rest of it, that never changes."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_rules")]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="beneficiary_code",
            field=models.CharField(db_default="*", default="*", max_length=60),
        ),
        migrations.RunSQL(
            (SQL / "beneficiaries.sql").read_text(encoding="utf-8"),
            (SQL / "beneficiaries_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
