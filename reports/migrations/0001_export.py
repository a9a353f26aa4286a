"""Reports that are made in the background."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent / "sql"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("accounts", "0002_rules"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(
            (SQL / "0001_export.sql").read_text(encoding="utf-8"),
            (SQL / "0001_export_reverse.sql").read_text(encoding="utf-8"),
        ),
        migrations.CreateModel(
            name="Export",
            fields=[("id", models.BigAutoField(primary_key=True))],
            options={"managed": False, "db_table": "reports_export"},
        ),
    ]
