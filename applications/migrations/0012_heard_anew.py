"""An appeal is seconded by nobody who spoke of the case before it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("applications", "0011_sitting")]

    operations = [
        migrations.RunSQL(
            (SQL / "heard_anew.sql").read_text(encoding="utf-8"),
            (SQL / "heard_anew_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
