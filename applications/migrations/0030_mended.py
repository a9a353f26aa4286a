"""Help leads to no phone of whoever is erased, and two pairs of hands erase her."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("applications", "0029_lookups"), ("accounts", "0013_hands")]

    operations = [
        migrations.RunSQL(
            (SQL / "mended.sql").read_text(encoding="utf-8"),
            (SQL / "mended_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
