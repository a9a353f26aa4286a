"""What attackers of the desk found open; an appeal is a hearing with clocks of its own."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).resolve().parent.parent / "sql"


def _hearing():
    return models.PositiveSmallIntegerField(db_default=0, default=0)


class Migration(migrations.Migration):
    dependencies = [("applications", "0016_assisted")]

    operations = [
        migrations.AddField("escalation", "hearing", _hearing()),
        migrations.AddField("caseslip", "hearing", _hearing()),
        migrations.RemoveConstraint("escalation", "escalated_once_to_an_office"),
        migrations.AddConstraint(
            "escalation",
            models.UniqueConstraint(
                fields=["application", "level", "office", "hearing"],
                name="escalated_once_to_an_office",
            ),
        ),
        migrations.RemoveConstraint("caseslip", "case_slip_once_a_case"),
        migrations.AddConstraint(
            "caseslip",
            models.UniqueConstraint(
                fields=["application", "kind", "hearing"],
                condition=Q(kind__in=("acknowledgement", "apology")),
                name="case_slip_once_a_case",
            ),
        ),
        migrations.RunSQL(
            (SQL / "attacked.sql").read_text(encoding="utf-8"),
            (SQL / "attacked_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
