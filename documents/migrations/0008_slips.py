"""Slips: papers that rest on no register entry and carry the seal of the office alone."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).resolve().parent.parent / "sql"
DRAWN = "paper_drawn_cites_its_entry"


class Migration(migrations.Migration):
    dependencies = [("documents", "0007_checks")]

    operations = [
        migrations.RunSQL(
            (SQL / "0008_slips.sql").read_text(),
            (SQL / "0008_slips_reverse.sql").read_text(),
            state_operations=[
                migrations.RemoveConstraint(model_name="paper", name=DRAWN),
                migrations.AddConstraint(
                    model_name="paper",
                    constraint=models.CheckConstraint(
                        condition=Q(state="REQUESTED", rendered_at=None)
                        | Q(
                            ~Q(state="REQUESTED"),
                            Q(cited_entry__isnull=False) | Q(is_slip=True),
                            number__isnull=False,
                            rendered_at__isnull=False,
                        ),
                        name=DRAWN,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="paper",
                    constraint=models.CheckConstraint(
                        condition=Q(is_slip=True, sealed_only=True, cited_entry=None)
                        | Q(is_slip=False, cited_entry__isnull=False),
                        name="paper_slip_cites_nothing",
                    ),
                ),
            ],
        ),
    ]
