"""An order to sign that ran out unsigned no longer keeps an approval from being undone."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0012_heard_anew"),
        ("documents", "0010_withdrawn_orders"),
    ]

    operations = [
        migrations.RunSQL(
            (SQL / "orders_over.sql").read_text(encoding="utf-8"),
            (SQL / "orders_over_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
