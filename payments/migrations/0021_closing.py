"""Days closed by two signatures, with their differences and their seal."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent / "sql"


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0020_remittances")]

    operations = [
        _sql("0021_closing"),
        _sql("0021_differences"),
        *(
            migrations.CreateModel(
                name=name,
                fields=[(key, field)],
                options={"managed": False, "db_table": table},
            )
            for name, table, key, field in (
                ("Close", "payments_close", "day", models.DateField(primary_key=True)),
                (
                    "CloseDifference",
                    "payments_close_difference",
                    "id",
                    models.BigAutoField(primary_key=True),
                ),
            )
        ),
    ]
