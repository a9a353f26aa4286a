"""Limits on refunds and remittances, and answers to alarms."""

from pathlib import Path

from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).resolve().parent / "sql"


def _sql(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0021_closing")]

    operations = [
        _sql("0022_control"),
        _sql("0022_moves"),
        _sql("0022_limits"),
        _sql("0022_allowed"),
        sql.run(
            sql.append_only("payments_alarm_answer"),
            sql.append_only_reverse("payments_alarm_answer"),
        ),
        *(
            migrations.CreateModel(
                name=name,
                fields=[("id", models.BigAutoField(primary_key=True))],
                options={"managed": False, "db_table": table},
            )
            for name, table in (
                ("AlarmAnswer", "payments_alarm_answer"),
                ("Limit", "payments_limit"),
                ("LimitDefault", "payments_limit_default"),
                ("Move", "payments_move"),
                ("MoveEnd", "payments_move_end"),
                ("SweepAccount", "payments_sweep_account"),
            )
        ),
    ]
