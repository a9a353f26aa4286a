"""A payer's phone may be taken out of a prompt that is over."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0025_told_twice"), ("kernel", "0006_erasure")]

    operations = [
        migrations.RunSQL(
            (SQL / "0026_erasure.sql").read_text(encoding="utf-8"),
            (SQL / "0026_erasure_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
