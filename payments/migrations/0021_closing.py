"""Days closed by two signatures, with their differences and their seal."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kernel.country import country

SQL = Path(__file__).resolve().parent / "sql"


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


def _set_the_clock(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Say in which zone days end, by the pack in force: the owner alone may, who comes here."""
    # The tests' dates are fixed, and may lie ahead of the day on which they run.
    ahead_days = 3660 if settings.TESTING else 0
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_close_clock (zone, ahead) VALUES (%s, make_interval(days => %s))",
            [country().time_zone, ahead_days],
        )


class Migration(migrations.Migration):
    dependencies = [("payments", "0020_remittances")]

    operations = [
        _sql("0021_clock"),
        _sql("0021_closing"),
        _sql("0021_differences"),
        _sql("0021_listing"),
        _sql("0021_sealing"),
        migrations.RunPython(_set_the_clock, migrations.RunPython.noop, elidable=False),
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
