"""By how much a fee was less, and by which law."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0027_hands")]

    operations = [
        migrations.RunSQL(
            (SQL / "0028_waived.sql").read_text(encoding="utf-8"),
            (SQL / "0028_waived_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
