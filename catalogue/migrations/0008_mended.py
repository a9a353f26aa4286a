"""What was edited here is never covered by a pack, and in force is what was published last."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

from kernel import sql

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0007_reminded")]

    operations = [
        # Of any other source no rule would ask who had approved it.
        migrations.AddConstraint(
            "serviceversion",
            models.CheckConstraint(
                condition=Q(source__in=["pack", "edit"]), name="version_source_known"
            ),
        ),
        sql.run(
            (SQL / "mended.sql").read_text(encoding="utf-8"),
            (SQL / "mended_reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
